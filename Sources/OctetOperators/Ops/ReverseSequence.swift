import OctetCore
import OctetFormat

/// The leading elements of each sequence in reverse order; how many is given for each batch.
///
/// **Shapes**: input any of rank 2 or more; lengths one for each batch, i32 or i64.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes. A length below 2 changes nothing.
///
/// **Quantization**: none; elements are copied.
///
/// **Throws**: `.invalidArgument` where a constant length is larger than the sequence axis. Such a
/// length that is computed at run time counts as the whole axis.
///
/// **Source**: TFLite `reference_ops::ReverseSequence`.
public enum ReverseSequence: OperatorDefinition {
  /// The fields of `ReverseSequenceOptions`.
  public struct Options: Hashable, Sendable {
    /// The axis that is reversed.
    public var sequenceAxis: Int
    /// The axis along which each has a length of its own.
    public var batchAxis: Int

    /// Axes, which differ.
    public init(sequenceAxis: Int, batchAxis: Int = 0) {
      self.sequenceAxis = sequenceAxis
      self.batchAxis = batchAxis
    }
  }

  /// The input read as `[outer, first, middle, second, inner]`, the two axes in their order.
  public struct Plan: Sendable {
    var outerCount: Int
    var firstExtent: Int
    var middleCount: Int
    var secondExtent: Int
    var innerBytes: Int
    var isBatchFirst: Bool
    var lengths: IndexReader
  }

  public static let identity = OperatorIdentity.builtin(.reverseSequence)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "ReverseSequenceOptions")
    return Options(
      sequenceAxis: try table.integer("seq_dim", default: 0),
      batchAxis: try table.integer("batch_dim", default: 0))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "ReverseSequenceOptions",
      [
        "seq_dim": .integer(Int64(options.sequenceAxis)),
        "batch_dim": .integer(Int64(options.batchAxis)),
      ])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(2...2)
    let input = try inputs.required(0, "input")
    let lengths = try inputs.required(1, "lengths").shape
    let rank = input.shape.rank
    for axis in [options.sequenceAxis, options.batchAxis] where axis < 0 || axis >= rank {
      throw OctetError(.invalidAxis(axis, rank: rank))
    }
    guard options.sequenceAxis != options.batchAxis else {
      throw OctetError(.invalidOption(name: "batch_dim", value: "\(options.batchAxis)"))
    }
    guard lengths.dimensions == [input.shape[options.batchAxis]] else {
      throw OctetError(
        .invalidShape(
          lengths.dimensions,
          reason: "there must be \(input.shape[options.batchAxis]) lengths, one for each batch"))
    }
    return [OutputSpec(input.type, input.shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    let lengths = try inputs.required(1, "lengths")
    try expectSameType(input, outputs[0])
    let width = try elementWidth(input)
    guard lengths.type == .int32 || lengths.type == .int64, let reader = IndexReader(lengths.type)
    else { throw unsupportedTypes(input, lengths) }
    let extents = input.shape.dimensions
    if lengths.constant != nil {
      for length in try inputs.constantIntegers(1, "lengths")
      where length > extents[options.sequenceAxis] {
        throw OctetError(
          .invalidArgument(
            name: "lengths",
            reason: "\(length) exceeds the sequence axis of \(extents[options.sequenceAxis])"))
      }
    }
    let first = min(options.sequenceAxis, options.batchAxis)
    let second = max(options.sequenceAxis, options.batchAxis)
    // Nothing to walk where there are no elements.
    func product(_ extents: ArraySlice<Int>) throws(OctetError) -> Int {
      input.shape.elementCount == 0 ? 0 : try Shape([Int](extents)).elementCount
    }
    return Plan(
      outerCount: try product(extents[..<first]), firstExtent: extents[first],
      middleCount: try product(extents[(first + 1)..<second]), secondExtent: extents[second],
      innerBytes: try product(extents[(second + 1)...]) * width.rawValue,
      isBatchFirst: options.batchAxis == first, lengths: reader)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let input = buffers.inputBytes(0)
    let output = buffers.outputBytes(0)
    let sequenceExtent = plan.isBatchFirst ? plan.secondExtent : plan.firstExtent
    for outer in 0..<plan.outerCount {
      for first in 0..<plan.firstExtent {
        for middle in 0..<plan.middleCount {
          for second in 0..<plan.secondExtent {
            let batch = plan.isBatchFirst ? first : second
            let position = plan.isBatchFirst ? second : first
            let length = min(plan.lengths.read(buffers, 1, at: batch), sequenceExtent)
            let source = position < length ? length &- 1 &- position : position
            func start(_ first: Int, _ second: Int) -> Int {
              let row = (outer &* plan.firstExtent &+ first) &* plan.middleCount &+ middle
              return (row &* plan.secondExtent &+ second) &* plan.innerBytes
            }
            copyBytes(
              plan.innerBytes, to: output, at: start(first, second), from: input,
              at: plan.isBatchFirst ? start(first, source) : start(source, second))
          }
        }
      }
    }
  }
}
