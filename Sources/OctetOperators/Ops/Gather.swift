import OctetCore
import OctetFormat

/// Slices of the input along an axis, picked by index.
///
/// **Shapes**: input `[B…, O…, A, I…]`, indices `[B…, J…]`, output `[B…, O…, J…, I…]`; `A` is the
/// axis, `B…` the batch dimensions that both share.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes, strings; indices i16, i32 or i64.
///
/// **Quantization**: none; elements are copied, even where the output's scale differs.
///
/// **Throws**: `.invalidArgument` where indices lie outside the axis: constant ones while the graph
/// is planned, others when it runs.
///
/// **Source**: TFLite `reference_ops::Gather`.
public enum Gather: OperatorDefinition {
  /// The fields of `GatherOptions`.
  public struct Options: Hashable, Sendable {
    /// Counted from the end of the input's axes where negative.
    public var axis: Int
    /// Counted from the end of the indices' axes where negative.
    public var batchDimensions: Int

    /// Gather options.
    public init(axis: Int = 0, batchDimensions: Int = 0) {
      self.axis = axis
      self.batchDimensions = batchDimensions
    }
  }

  /// Extents of the input read as `[batch, outer, axis, inner]`, and the indices' types.
  public struct Plan: Sendable {
    var batchCount: Int
    var outerCount: Int
    var axisExtent: Int
    var indexCount: Int
    var innerBytes: Int
    var indices: IndexReader
  }

  public static let identity = OperatorIdentity.builtin(.gather)
  public static let versions = 1...8
  public static let quantization = QuantizationRule.copiesInput(0)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "GatherOptions")
    return Options(
      axis: try table.integer("axis", default: 0),
      batchDimensions: try table.integer("batch_dims", default: 0))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "GatherOptions",
      [
        "axis": .integer(Int64(options.axis)),
        "batch_dims": .integer(Int64(options.batchDimensions)),
      ])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let input = try inputs.required(0, "input")
    let indices = try inputs.required(1, "indices").shape
    let (axis, batches) = try axes(options, inputs)
    let extents =
      input.shape.dimensions[..<axis] + indices.dimensions[batches...]
      + input.shape.dimensions[(axis + 1)...]
    return [OutputSpec(input.type, try Shape([Int](extents)))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    let indices = try inputs.required(1, "indices")
    try expectSameType(input, outputs[0])
    let (axis, batches) = try axes(options, inputs)
    let width = try elementWidth(input)
    guard let reader = IndexReader(indices.type) else {
      throw unsupportedTypes(input, indices)
    }
    let extents = input.shape.dimensions
    try reader.checkConstant(indices, extents: [extents[axis]])
    // An empty output leaves nothing to count.
    let isEmpty = outputs[0].shape.elementCount == 0
    func product(_ extents: ArraySlice<Int>) throws(OctetError) -> Int {
      isEmpty ? 0 : try Shape([Int](extents)).elementCount
    }
    return Plan(
      batchCount: try product(extents[..<batches]),
      outerCount: try product(extents[batches..<axis]),
      axisExtent: extents[axis],
      indexCount: try product(indices.shape.dimensions[batches...]),
      innerBytes: try product(extents[(axis + 1)...]) * width.rawValue,
      indices: reader)
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    if inputs.optional(1)?.type == .int16 { return 6 }
    if options.batchDimensions != 0 { return 5 }
    return switch inputs.optional(0)?.type {
    case .int16: 4
    case .bool: 3
    case .int8: 2
    default: 1
    }
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let input = buffers.inputBytes(0)
    let output = buffers.outputBytes(0)
    var written = 0
    for batch in 0..<plan.batchCount {
      for outer in 0..<plan.outerCount {
        let row = batch &* plan.outerCount &+ outer
        for i in 0..<plan.indexCount {
          let index = plan.indices.read(buffers, 1, at: batch &* plan.indexCount &+ i)
          let isInside = index >= 0 && index < plan.axisExtent
          if !isInside {
            buffers.context.fail(
              OctetError(
                .invalidArgument(
                  name: "indices", reason: "\(index) is outside an axis of \(plan.axisExtent)")))
          }
          copyBytes(
            plan.innerBytes, to: output, at: written, from: input,
            at: isInside ? (row &* plan.axisExtent &+ index) &* plan.innerBytes : nil)
          written &+= plan.innerBytes
        }
      }
    }
  }

  private static func axes(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> (axis: Int, batches: Int) {
    try inputs.expectCount(2...2)
    let input = try inputs.required(0, "input").shape
    let indices = try inputs.required(1, "indices").shape
    let axis = try input.normalizedAxis(options.axis)
    let batches =
      options.batchDimensions < 0
      ? options.batchDimensions + indices.rank : options.batchDimensions
    guard batches >= 0, batches <= axis, batches <= indices.rank else {
      throw OctetError(.invalidOption(name: "batch_dims", value: "\(options.batchDimensions)"))
    }
    guard input.dimensions[..<batches] == indices.dimensions[..<batches] else {
      throw OctetError(
        .invalidShape(
          indices.dimensions, reason: "the batch dimensions differ from those of \(input)"))
    }
    return (axis, batches)
  }
}
