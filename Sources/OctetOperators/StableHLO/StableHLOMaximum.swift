import OctetCore

/// The larger of two tensors; the left one where either is NaN.
///
/// **Types**: float16, float32, float64, integers of 8 to 64 bits, bool.
///
/// **Source**: TFLite `ElementwiseEval`.
public enum StableHLOMaximum: StableHLONumberOperator {
  public static let identity = OperatorIdentity.builtin(.stablehloMaximum)

  static func apply<Number: StoredNumber>(_ left: Number, _ right: Number) -> Number {
    left.maximum(right)
  }
}
