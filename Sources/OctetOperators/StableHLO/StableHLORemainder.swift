import OctetCore

/// What division leaves, with the sign of the dividend.
///
/// Integers divided by 0 leave themselves.
///
/// **Types**: float16, float32, float64, integers of 8 to 64 bits.
///
/// **Source**: the StableHLO specification, `remainder`.
public enum StableHLORemainder: StableHLONumberOperator {
  public static let identity = OperatorIdentity.builtin(.stablehloRemainder)

  static let types = ElementType.countingNumbers

  static func apply<Number: StoredNumber>(_ left: Number, _ right: Number) -> Number {
    left.remainder(by: right)
  }
}
