import OctetCore
import OctetFormat

/// Zeros, with slices added at given places.
///
/// **Shapes**: indices `[J…, k]` i32; updates `[J…, I…]`; shape `[r]` i32, whose value is the
/// output's shape `[A₁, …, Aₖ, I…]`.
///
/// **Types**: float32, int32, int64, int8, uint8, bool; updates to one place add up, integers wrap,
/// Booleans are or-ed.
///
/// **Quantization**: none; zeros are zero bytes, whatever the zero point.
///
/// **Throws**: `.invalidArgument` where constant indices lie outside the output. Updates to places
/// outside it that are computed at run time are dropped.
///
/// **Source**: TFLite `reference_ops::ScatterNd`.
public enum ScatterND: OperatorDefinition {
  public typealias Options = NoOptions

  /// The indexed axes and what one index names.
  public struct Plan: Sendable {
    var sliceCount: Int
    var sliceLength: Int
    var locator: SliceLocator
    var type: ElementType
  }

  public static let identity = OperatorIdentity.builtin(.scatterNd)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly

  public static func encode(_ options: Options) -> RawOptions { RawOptions("ScatterNdOptions") }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(3...3)
    let indices = try inputs.required(0, "indices").shape
    let updates = try inputs.required(1, "updates")
    let shape = try Shape(try inputs.constantIntegers(2, "shape"))
    guard indices.rank > 0, indices.lastExtent <= shape.rank,
      updates.shape.dimensions
        == indices.dimensions.dropLast() + shape.dimensions[indices.lastExtent...]
    else {
      throw OctetError(
        .invalidShape(
          updates.shape.dimensions,
          reason: "updates at indices \(indices) do not fit an output \(shape)"))
    }
    return [OutputSpec(updates.type, shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let indices = try inputs.required(0, "indices")
    let updates = try inputs.required(1, "updates")
    let output = outputs[0]
    try expectSameType(updates, output)
    switch updates.type {
    case .float32, .int32, .int64, .int8, .uint8, .bool: break
    default: throw unsupportedTypes(updates, output)
    }
    guard indices.type == .int32 else { throw unsupportedTypes(indices, updates) }
    let locator = SliceLocator(
      tensor: output.shape, indexLength: indices.shape.lastExtent, reader: .int32)
    try locator.checkConstant(indices)
    let updateCount = updates.shape.elementCount
    let sliceLength = updateCount == 0 ? 0 : try locator.sliceLength(in: output.shape)
    return Plan(
      sliceCount: sliceLength == 0 ? 0 : updateCount / sliceLength, sliceLength: sliceLength,
      locator: locator, type: updates.type)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.type {
    case .float32: scatter(plan, buffers, Float.self, +)
    case .int32: scatter(plan, buffers, Int32.self, &+)
    case .int64: scatter(plan, buffers, Int64.self, &+)
    case .bool: scatter(plan, buffers, UInt8.self, |)
    default: scatter(plan, buffers, UInt8.self, &+)
    }
  }

  @inline(__always)
  private static func scatter<Element: Numeric & BitwiseCopyable>(
    _ plan: Plan, _ buffers: KernelBuffers, _ type: Element.Type,
    _ add: (Element, Element) -> Element
  ) {
    let updates = buffers.input(1, as: type)
    let output = buffers.output(0, as: type)
    output.update(repeating: 0)
    for slice in 0..<plan.sliceCount {
      guard let start = plan.locator.start(of: slice, buffers, indices: 0) else { continue }
      for i in 0..<plan.sliceLength {
        let target = start &* plan.sliceLength &+ i
        output[target] = add(output[target], updates[slice &* plan.sliceLength &+ i])
      }
    }
  }
}
