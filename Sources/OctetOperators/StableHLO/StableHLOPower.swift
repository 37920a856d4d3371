import OctetCore

/// The left tensor raised to the right one.
///
/// Integers wrap; with a negative exponent they are 0, save for 1 and −1.
///
/// **Types**: float16, float32, float64, integers of 8 to 64 bits.
///
/// **Source**: the StableHLO specification, `power`.
public enum StableHLOPower: StableHLONumberOperator {
  public static let identity = OperatorIdentity.builtin(.stablehloPower)

  static let types = ElementType.countingNumbers

  static func apply<Number: StoredNumber>(_ left: Number, _ right: Number) -> Number {
    left.raised(to: right)
  }
}
