import OctetCore

/// Hyperbolic tangent.
///
/// **Types**: float16, float32, float64.
///
/// **Source**: the StableHLO specification, `tanh`.
public enum StableHLOTanh: StableHLORealOperator {
  public static let identity = OperatorIdentity.builtin(.stablehloTanh)

  static func apply(_ value: Double) -> Double { RealFunction.hyperbolicTangent(value) }
}
