/// Square root; NaN below 0.
///
/// **Types**: float32.
///
/// **Source**: TFLite `elementwise::SqrtEval`.
public enum Sqrt: FloatUnaryOperator {
  public static let identity = OperatorIdentity.builtin(.sqrt)
  public static let vectorized: VectorFunction? = .squareRoot

  public static func apply(_ value: Float) -> Float { value.squareRoot() }
}
