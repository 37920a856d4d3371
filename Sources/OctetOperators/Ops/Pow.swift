import OctetCore

/// Power, broadcast.
///
/// **Types**: float32; int32, computed in double and cut to an integer, saturated on overflow.
/// Negative int32 exponents, which the source refuses while it runs, follow the same rule.
///
/// **Source**: TFLite `reference_ops::Pow`.
public enum Pow: ElementwiseBinaryOperator {
  public typealias Options = NoOptions
  public typealias Quantized = NoQuantizedFunction

  public static let identity = OperatorIdentity.builtin(.pow)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly
  public static let plainTypes: Set<ElementType> = [.float32, .int32]

  public static let vectorized: VectorPairFunction? = .power

  public static func apply(_ left: Float, _ right: Float) -> Float {
    RealFunction.power(left, right)
  }

  public static func apply<Integer: FixedWidthInteger>(
    _ left: Integer, _ right: Integer
  ) -> Integer {
    Integer(saturating: RealFunction.power(Double(left), Double(right)))
  }
}
