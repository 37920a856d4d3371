import OctetCore

/// Cosine.
///
/// **Types**: float32.
///
/// **Source**: TFLite `elementwise::CosEval`.
public enum Cos: FloatUnaryOperator {
  public static let identity = OperatorIdentity.builtin(.cos)
  public static let vectorized: VectorFunction? = .cosine

  public static func apply(_ value: Float) -> Float { RealFunction.cosine(value) }
}
