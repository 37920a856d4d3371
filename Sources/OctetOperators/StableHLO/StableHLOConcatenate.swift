import OctetCore
import OctetFormat

/// Tensors joined along an axis.
///
/// **Shapes**: inputs alike but for one axis, whose extents add up in the output.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes, all the same.
///
/// **Source**: the StableHLO specification, `concatenate`.
public enum StableHLOConcatenate: MovementOperator, StableHLOOperator {
  /// The field of `StablehloConcatenateOptions`.
  public struct Options: Hashable, Sendable {
    /// The axis that grows.
    public var dimension: Int

    /// A concatenation along an axis.
    public init(dimension: Int) {
      self.dimension = dimension
    }
  }

  public static let identity = OperatorIdentity.builtin(.stablehloConcatenate)
  public static let quantization = QuantizationRule.sharedByAll

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "StablehloConcatenateOptions")
    return Options(dimension: try table.integer("dimension", default: 0))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "StablehloConcatenateOptions", ["dimension": .integer(Int64(options.dimension))])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let rank = try inputs.required(0, "input").shape.rank
    guard options.dimension >= 0 else {
      throw OctetError(.invalidAxis(options.dimension, rank: rank))
    }
    return try Concatenation.inferOutputs(.init(axis: options.dimension), inputs)
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> MovementPlan {
    let first = try inputs.required(0, "input")
    try expectSameType(first, outputs[0])
    let sizes = inputs.specs.map { $0?.shape[options.dimension] ?? 0 }
    return try Partition(outputs[0].shape, axis: options.dimension, sizes: sizes)
      .joining(width: elementWidth(first))
  }
}
