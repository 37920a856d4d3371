import OctetCore

/// Cube root.
///
/// **Types**: float16, float32, float64.
///
/// **Source**: the StableHLO specification, `cbrt`.
public enum StableHLOCbrt: StableHLORealOperator {
  public static let identity = OperatorIdentity.builtin(.stablehloCbrt)

  static func apply(_ value: Double) -> Double { RealFunction.cubeRoot(value) }
}
