import OctetCore

/// e raised to each element.
///
/// **Types**: float16, float32, float64.
///
/// **Source**: the StableHLO specification, `exponential`.
public enum StableHLOExponential: StableHLORealOperator {
  public static let identity = OperatorIdentity.builtin(.stablehloExponential)

  static func apply(_ value: Double) -> Double { RealFunction.exponential(value) }
}
