import OctetCore

/// The logistic function, `1 / (1 + e^−x)`.
///
/// **Types**: float16, float32, float64.
///
/// **Source**: the StableHLO specification, `logistic`.
public enum StableHLOLogistic: StableHLORealOperator {
  public static let identity = OperatorIdentity.builtin(.stablehloLogistic)

  static func apply(_ value: Double) -> Double { 1 / (1 + RealFunction.exponential(-value)) }
}
