import OctetCore

/// Elements of the second input where the first is true, of the third elsewhere.
///
/// **Shapes**: both choices of one shape; the condition of that shape or a scalar.
///
/// **Types**: condition bool; the others of any one fixed-size type.
///
/// **Source**: the StableHLO specification, `select`.
public enum StableHLOSelect: SelectOperator, StableHLOOperator {
  public static let identity = OperatorIdentity.builtin(.stablehloSelect)
  public static let quantization = QuantizationRule.sharedByAll

  public static func broadcasting(_ inputs: Operands) throws(OctetError) -> Broadcasting {
    try inputs.expectCount(3...3)
    let condition = try inputs.required(0, "condition").shape
    let chosen = try inputs.required(1, "choice where true").shape
    let other = try inputs.required(2, "choice where false").shape
    guard chosen == other, condition.rank == 0 || condition == chosen else {
      throw OctetError(.shapesDoNotBroadcast(condition.dimensions, chosen.dimensions))
    }
    return try Broadcasting([condition, chosen, other])
  }
}
