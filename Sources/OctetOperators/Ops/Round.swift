/// The nearest integer, halves to the even one.
///
/// **Types**: float32.
///
/// **Source**: TFLite `reference_ops::Round`.
public enum Round: FloatUnaryOperator {
  public static let identity = OperatorIdentity.builtin(.round)
  public static let vectorized: VectorFunction? = .nearest

  public static func apply(_ value: Float) -> Float { value.rounded(.toNearestOrEven) }
}
