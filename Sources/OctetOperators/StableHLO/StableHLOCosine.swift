import OctetCore

/// Cosine of an angle in radians.
///
/// **Types**: float16, float32, float64.
///
/// **Source**: the StableHLO specification, `cosine`.
public enum StableHLOCosine: StableHLORealOperator {
  public static let identity = OperatorIdentity.builtin(.stablehloCosine)

  static func apply(_ value: Double) -> Double { RealFunction.cosine(value) }
}
