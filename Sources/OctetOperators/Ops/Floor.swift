/// The largest integer that is not greater.
///
/// **Types**: float32.
///
/// **Source**: TFLite `reference_ops::Floor`.
public enum Floor: FloatUnaryOperator {
  public static let identity = OperatorIdentity.builtin(.floor)
  public static let vectorized: VectorFunction? = .floor

  public static func apply(_ value: Float) -> Float { value.rounded(.down) }
}
