import OctetCore

/// The sum of two tensors; Booleans are or-ed, integers wrap.
///
/// **Types**: float16, float32, float64, integers of 8 to 64 bits, bool.
///
/// **Source**: TFLite `ElementwiseEval`.
public enum StableHLOAdd: StableHLONumberOperator {
  public static let identity = OperatorIdentity.builtin(.stablehloAdd)

  static func apply<Number: StoredNumber>(_ left: Number, _ right: Number) -> Number {
    left.adding(right)
  }
}
