import OctetCore
import OctetFormat

/// Slices of the input, each picked by an index along several leading axes.
///
/// **Shapes**: input `[A₁, …, Aₖ, I…]`, indices `[J…, k]`, output `[J…, I…]`.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes, strings; indices i16, i32 or i64.
///
/// **Quantization**: none; elements are copied.
///
/// **Throws**: `.invalidArgument` where indices lie outside the input: constant ones while the graph
/// is planned, others when it runs.
///
/// **Source**: TFLite `reference_ops::GatherNd`.
public enum GatherND: OperatorDefinition {
  public typealias Options = NoOptions

  /// The indexed axes, and what one index picks.
  public struct Plan: Sendable {
    var sliceCount: Int
    var sliceBytes: Int
    var locator: SliceLocator
  }

  public static let identity = OperatorIdentity.builtin(.gatherNd)
  public static let versions = 1...6
  public static let quantization = QuantizationRule.copiesInput(0)

  public static func encode(_ options: Options) -> RawOptions { RawOptions("GatherNdOptions") }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(2...2)
    let input = try inputs.required(0, "input")
    let indices = try inputs.required(1, "indices").shape
    guard input.shape.rank > 0, indices.rank > 0, indices.lastExtent <= input.shape.rank else {
      throw OctetError(
        .invalidShape(indices.dimensions, reason: "these indices do not fit \(input.shape)"))
    }
    let extents = indices.dimensions.dropLast() + input.shape.dimensions[indices.lastExtent...]
    return [OutputSpec(input.type, try Shape([Int](extents)))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    let indices = try inputs.required(1, "indices")
    try expectSameType(input, outputs[0])
    let width = try elementWidth(input)
    guard let reader = IndexReader(indices.type) else {
      throw unsupportedTypes(input, indices)
    }
    let locator = SliceLocator(
      tensor: input.shape, indexLength: indices.shape.lastExtent, reader: reader)
    try locator.checkConstant(indices)
    let outputCount = outputs[0].shape.elementCount
    let sliceLength = outputCount == 0 ? 0 : try locator.sliceLength(in: input.shape)
    return Plan(
      sliceCount: sliceLength == 0 ? 0 : outputCount / sliceLength,
      sliceBytes: sliceLength * width.rawValue, locator: locator)
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    let type = inputs.optional(0)?.type
    if type == .bool { return 5 }
    if inputs.optional(1)?.type == .int16 { return 4 }
    return switch type {
    case .int16: 3
    case .string: 2
    default: 1
    }
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let input = buffers.inputBytes(0)
    let output = buffers.outputBytes(0)
    for slice in 0..<plan.sliceCount {
      let start = plan.locator.start(of: slice, buffers, indices: 1)
      if start == nil {
        buffers.context.fail(
          OctetError(
            .invalidArgument(name: "indices", reason: "slice \(slice) is outside the input")))
      }
      copyBytes(
        plan.sliceBytes, to: output, at: slice &* plan.sliceBytes, from: input,
        at: start.map { $0 &* plan.sliceBytes })
    }
  }
}
