import OctetCore

/// Absolute value; integers wrap.
///
/// **Types**: float16, float32, float64, integers of 8 to 64 bits.
///
/// **Source**: the StableHLO specification, `abs`.
public enum StableHLOAbs: StableHLOUnaryNumberOperator {
  public static let identity = OperatorIdentity.builtin(.stablehloAbs)

  static func apply<Number: StoredNumber>(_ value: Number) -> Number {
    value.absolute()
  }
}
