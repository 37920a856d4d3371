import OctetCore

/// Negation.
///
/// **Types**: float32, int64, int32, int16, int8; integers wrap.
///
/// **Quantization**: values are negated as stored, which is right only for zero points of 0 and
/// equal scales; the converter does not use it on quantized tensors.
///
/// **Source**: TFLite `reference_ops::Negate`.
public enum Neg: ElementwiseUnaryOperator {
  public static let identity = OperatorIdentity.builtin(.neg)
  public static let vectorized: VectorFunction? = .negative
  public static let plainTypes: Set<ElementType> = [.float32, .int64, .int32, .int16, .int8]

  public static func outputInterval(
    _ options: NoOptions, _ inputs: [RealInterval?]
  ) -> RealInterval? {
    inputs[0].map { RealInterval(-$0.maximum, -$0.minimum) }
  }

  public static func apply(_ value: Float) -> Float { -value }

  public static func apply<Integer: FixedWidthInteger & SignedInteger>(
    _ value: Integer
  ) -> Integer { 0 &- value }
}
