import OctetCore

/// Sine.
///
/// **Types**: float32.
///
/// **Source**: TFLite `elementwise::SinEval`.
public enum Sin: FloatUnaryOperator {
  public static let identity = OperatorIdentity.builtin(.sin)
  public static let vectorized: VectorFunction? = .sine

  public static func apply(_ value: Float) -> Float { RealFunction.sine(value) }
}
