import OctetCore
import OctetFormat

/// For each index a vector that holds one value at the index and another everywhere else.
///
/// **Shapes**: indices `[P…, S…]`; depth, on value and off value one element each; output
/// `[P…, depth, S…]` with the new axis at the options' place.
///
/// **Types**: on and off value of 1, 2, 4 or 8 bytes; indices i32 or i64; depth i32.
///
/// **Quantization**: none; values are copied.
///
/// **Source**: TFLite `one_hot::OneHotComputeImpl`, which compares the low 32 bits of an index.
public enum OneHot: OperatorDefinition {
  /// The fields of `OneHotOptions`.
  public struct Options: Hashable, Sendable {
    /// Where the new axis goes; −1 for the end.
    public var axis: Int

    /// One-hot options.
    public init(axis: Int = -1) {
      self.axis = axis
    }
  }

  /// The output read as `[prefix, depth, suffix]`.
  public struct Plan: Sendable {
    var prefixCount: Int
    var depth: Int
    var suffixCount: Int
    var width: ElementWidth
    var indices: IndexReader
  }

  public static let identity = OperatorIdentity.builtin(.oneHot)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.notReal

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    Options(axis: try raw.table(named: "OneHotOptions").integer("axis", default: 0))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("OneHotOptions", ["axis": .integer(Int64(options.axis))])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(4...4)
    let indices = try inputs.required(0, "indices").shape
    let on = try inputs.required(2, "on value")
    let off = try inputs.required(3, "off value")
    guard on.type == off.type else { throw unsupportedTypes(on, off) }
    for value in [on, off] where value.shape.elementCount != 1 {
      throw OctetError(
        .invalidShape(value.shape.dimensions, reason: "on and off value must be one element"))
    }
    var extents = indices.dimensions
    extents.insert(
      try inputs.constantInteger(1, "depth"), at: try axis(options, rank: indices.rank))
    return [OutputSpec(on.type, try Shape(extents))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let indices = try inputs.required(0, "indices")
    let on = try inputs.required(2, "on value")
    try expectSameType(on, outputs[0])
    guard indices.type == .int32 || indices.type == .int64, let reader = IndexReader(indices.type)
    else { throw unsupportedTypes(indices, on) }
    let shape = outputs[0].shape
    let axis = try axis(options, rank: indices.shape.rank)
    let isEmpty = shape.elementCount == 0
    let suffixCount = isEmpty ? 0 : shape.strides[axis]
    return Plan(
      prefixCount: isEmpty ? 0 : indices.shape.elementCount / suffixCount, depth: shape[axis],
      suffixCount: suffixCount, width: try elementWidth(on), indices: reader)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.width {
    case .one: expand(plan, buffers, UInt8.self)
    case .two: expand(plan, buffers, UInt16.self)
    case .four: expand(plan, buffers, UInt32.self)
    case .eight: expand(plan, buffers, UInt64.self)
    }
  }

  private static func expand<Element: FixedWidthInteger & BitwiseCopyable>(
    _ plan: Plan, _ buffers: KernelBuffers, _ type: Element.Type
  ) {
    guard let on = buffers.input(2, as: type).first, let off = buffers.input(3, as: type).first
    else { return }
    let output = buffers.output(0, as: type)
    var written = 0
    for prefix in 0..<plan.prefixCount {
      for position in 0..<plan.depth {
        for suffix in 0..<plan.suffixCount {
          let index = plan.indices.read(buffers, 0, at: prefix &* plan.suffixCount &+ suffix)
          output[written] = Int(Int32(truncatingIfNeeded: index)) == position ? on : off
          written &+= 1
        }
      }
    }
  }

  private static func axis(_ options: Options, rank: Int) throws(OctetError) -> Int {
    let axis = options.axis == -1 ? rank : options.axis
    guard axis >= 0, axis <= rank else {
      throw OctetError(.invalidAxis(options.axis, rank: rank + 1))
    }
    return axis
  }
}
