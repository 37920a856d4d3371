import OctetCore

/// The difference of two tensors; integers wrap.
///
/// **Types**: float16, float32, float64, integers of 8 to 64 bits.
///
/// **Source**: the StableHLO specification, `subtract`.
public enum StableHLOSubtract: StableHLONumberOperator {
  public static let identity = OperatorIdentity.builtin(.stablehloSubtract)

  static let types = ElementType.countingNumbers

  static func apply<Number: StoredNumber>(_ left: Number, _ right: Number) -> Number {
    left.subtracting(right)
  }
}
