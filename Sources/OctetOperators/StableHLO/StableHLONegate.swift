import OctetCore

/// Negation; integers wrap.
///
/// **Types**: float16, float32, float64, integers of 8 to 64 bits.
///
/// **Source**: the StableHLO specification, `negate`.
public enum StableHLONegate: StableHLOUnaryNumberOperator {
  public static let identity = OperatorIdentity.builtin(.stablehloNegate)

  static func apply<Number: StoredNumber>(_ value: Number) -> Number {
    value.negated()
  }
}
