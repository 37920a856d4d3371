import OctetCore

/// The product of two tensors; Booleans are and-ed, integers wrap.
///
/// **Types**: float16, float32, float64, integers of 8 to 64 bits, bool.
///
/// **Source**: TFLite `ElementwiseEval`.
public enum StableHLOMultiply: StableHLONumberOperator {
  public static let identity = OperatorIdentity.builtin(.stablehloMultiply)

  static func apply<Number: StoredNumber>(_ left: Number, _ right: Number) -> Number {
    left.multiplied(by: right)
  }
}
