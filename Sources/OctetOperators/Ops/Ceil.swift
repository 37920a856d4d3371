/// The smallest integer that is not less.
///
/// **Types**: float32.
///
/// **Source**: TFLite `reference_ops::Ceil`.
public enum Ceil: FloatUnaryOperator {
  public static let identity = OperatorIdentity.builtin(.ceil)
  public static let vectorized: VectorFunction? = .ceiling

  public static func apply(_ value: Float) -> Float { value.rounded(.up) }
}
