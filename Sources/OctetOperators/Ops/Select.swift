import OctetCore

/// Elements of the second input where the first is true, of the third elsewhere.
///
/// **Shapes**: both choices of one shape; the condition of that shape, a scalar, or `[N]` for the
/// N slices of the first dimension.
///
/// **Types**: condition bool; the others of any one fixed-size type.
///
/// **Quantization**: bytes are copied, so both choices and the output need one scale and zero
/// point.
///
/// **Source**: TFLite `select::SelectPrepare<kVersionOne>`.
public enum Select: SelectOperator {
  public static let identity = OperatorIdentity.builtin(.select)
  public static let versions = 1...4

  public static func version(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    if inputs.optional(1)?.type == .uint32 { return 4 }
    if inputs.specs.contains(where: { $0?.shape.rank == 5 }) { return 3 }
    return inputs.optional(1)?.type == .int8 ? 2 : 1
  }

  public static func broadcasting(_ inputs: Operands) throws(OctetError) -> Broadcasting {
    try inputs.expectCount(3...3)
    let condition = try inputs.required(0, "condition").shape
    let chosen = try inputs.required(1, "choice where true").shape
    let other = try inputs.required(2, "choice where false").shape
    if condition.elementCount == 1, chosen.elementCount == 1, other.elementCount == 1 {
      return try Broadcasting([.scalar, chosen, other])
    }
    guard chosen == other else {
      throw OctetError(.shapesDoNotBroadcast(chosen.dimensions, other.dimensions))
    }
    if condition == chosen || condition.rank == 0 {
      return try Broadcasting([condition, chosen, other])
    }
    guard condition.rank == 1, chosen.rank > 0, condition[0] == chosen[0] else {
      throw OctetError(.shapesDoNotBroadcast(condition.dimensions, chosen.dimensions))
    }
    // One truth value for each slice: a column that is repeated along the other dimensions.
    let column = try Shape([condition[0]] + [Int](repeating: 1, count: chosen.rank - 1))
    return try Broadcasting([column, chosen, other])
  }
}
