/// Square.
///
/// **Types**: float32.
///
/// **Source**: TFLite `elementwise::SquareEval`.
public enum Square: FloatUnaryOperator {
  public static let identity = OperatorIdentity.builtin(.square)
  public static let vectorized: VectorFunction? = .square

  public static func apply(_ value: Float) -> Float { value * value }
}
