import OctetCore

/// Absolute value.
///
/// **Types**: float32, int32 (wraps); int8 and int16 quantized; int16 plain without a scale.
///
/// **Quantization**: `output = clamp(zp_out + requantize(|input − zp_in|))` by `s_in / s_out` in
/// float32.
///
/// **Source**: TFLite `elementwise::AbsEval`.
public enum Abs: ElementwiseUnaryOperator {
  public static let identity = OperatorIdentity.builtin(.abs)
  public static let vectorized: VectorFunction? = .absolute
  public static let versions = 1...5
  public static let quantization = QuantizationRule.ownRange
  public static let plainTypes: Set<ElementType> = [.float32, .int32, .int16]
  public static let quantizedTypes: Set<ElementType> = [.int8, .int16]

  public static func version(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    switch inputs.optional(0)?.type {
    case .int32: 5
    case .int16: inputs.optional(0)?.quantization == nil ? 4 : 3
    case .int8: 2
    default: 1
    }
  }

  public static func quantized(
    input: TensorSpec, output: TensorSpec
  ) throws(OctetError) -> (Int32) -> Int32 {
    let (inputScale, inputZeroPoint) = try input.affine()
    let requantize = try QuantizedOutput(
      output, activation: .none, factor: Double(inputScale / output.affine().scale))
    return { requantize(abs($0 - inputZeroPoint)) }
  }

  public static func outputInterval(
    _ options: NoOptions, _ inputs: [RealInterval?]
  ) -> RealInterval? {
    inputs[0].map { RealInterval(0, max(abs($0.minimum), abs($0.maximum))) }
  }

  public static func apply(_ value: Float) -> Float { value.magnitude }

  public static func apply<Integer: FixedWidthInteger & SignedInteger>(
    _ value: Integer
  ) -> Integer {
    value < 0 ? 0 &- value : value
  }
}
