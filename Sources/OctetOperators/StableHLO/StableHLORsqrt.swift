import OctetCore

/// Reciprocal square root; ∞ at 0 and NaN below it.
///
/// **Types**: float16, float32, float64.
///
/// **Source**: the StableHLO specification, `rsqrt`.
public enum StableHLORsqrt: StableHLORealOperator {
  public static let identity = OperatorIdentity.builtin(.stablehloRsqrt)

  static func apply(_ value: Double) -> Double { 1 / value.squareRoot() }
}
