import OctetCore

/// The quotient of two tensors.
///
/// Integers lose the fraction; division by 0 sets all bits, and that of the lowest integer by −1
/// wraps.
///
/// **Types**: float16, float32, float64, integers of 8 to 64 bits.
///
/// **Source**: the StableHLO specification, `divide`.
public enum StableHLODivide: StableHLONumberOperator {
  public static let identity = OperatorIdentity.builtin(.stablehloDivide)

  static let types = ElementType.countingNumbers

  static func apply<Number: StoredNumber>(_ left: Number, _ right: Number) -> Number {
    left.divided(by: right)
  }
}
