import OctetCore
import OctetFormat

/// An operator that combines the elements along some axes of a tensor.
///
/// **Shapes**: input of any rank, axes a constant int32 or int64 tensor; the output lacks the axes,
/// or has extent 1 along them.
public protocol ReductionOperator: OperatorDefinition where Options == ReductionOptions {}

/// The fields of `ReducerOptions`.
public struct ReductionOptions: Hashable, Sendable {
  /// Whether reduced dimensions stay with extent 1.
  public var keepsDimensions: Bool

  /// Options of a reduction.
  public init(keepsDimensions: Bool = false) {
    self.keepsDimensions = keepsDimensions
  }
}

extension ReductionOperator {
  public static func decode(_ raw: RawOptions) throws(OctetError) -> ReductionOptions {
    let table = raw.table(named: "ReducerOptions")
    return ReductionOptions(keepsDimensions: try table.boolean("keep_dims", default: false))
  }

  public static func encode(_ options: ReductionOptions) -> RawOptions {
    RawOptions("ReducerOptions", ["keep_dims": .integer(options.keepsDimensions ? 1 : 0)])
  }

  public static func inferOutputs(
    _ options: ReductionOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let geometry = try geometry(options, inputs)
    return [OutputSpec(try inputs.required(0, "input").type, geometry.outputShape)]
  }

  static func geometry(
    _ options: ReductionOptions, _ inputs: Operands
  ) throws(OctetError) -> ReductionGeometry {
    try inputs.expectCount(2...2)
    return try ReductionGeometry(
      inputs.required(0, "input").shape, axes: inputs.constantIntegers(1, "axes"),
      keepsDimensions: options.keepsDimensions)
  }

  /// 2 for int8 and 3 for int16 inputs, which later versions brought.
  static func versionByInputType(_ inputs: Operands) -> Int {
    switch inputs.optional(0)?.type {
    case .int16: 3
    case .int8: 2
    default: 1
    }
  }
}
