import OctetCore

/// The largest whole number that is not above each element.
///
/// **Types**: float16, float32, float64.
///
/// **Source**: the StableHLO specification, `floor`.
public enum StableHLOFloor: StableHLORealOperator {
  public static let identity = OperatorIdentity.builtin(.stablehloFloor)

  static func apply(_ value: Double) -> Double { value.rounded(.down) }
}
