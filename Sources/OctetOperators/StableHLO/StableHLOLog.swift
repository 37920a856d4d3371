import OctetCore

/// Natural logarithm; −∞ at 0 and NaN below it.
///
/// **Types**: float16, float32, float64.
///
/// **Source**: the StableHLO specification, `log`.
public enum StableHLOLog: StableHLORealOperator {
  public static let identity = OperatorIdentity.builtin(.stablehloLog)

  static func apply(_ value: Double) -> Double { RealFunction.logarithm(value) }
}
