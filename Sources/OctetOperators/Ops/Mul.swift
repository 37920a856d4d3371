import OctetCore
import OctetFormat

/// Product of two tensors, broadcast, with fused activation.
///
/// **Types**: float32, complex64, int32, int64, uint32; uint8, int8, int16 quantized; int16 plain
/// without a scale.
///
/// **Quantization**: `output = clamp(zeroPoint + requantize((left − zp_l) · (right − zp_r)))` with
/// the multiplier `s_l · s_r / s_out` in float32; plain integers wrap.
///
/// **Source**: TFLite `reference_ops::Mul`, `reference_integer_ops::MulElementwise`.
public enum Mul: ElementwiseBinaryOperator {
  public typealias Options = FusedActivationOptions

  public static let identity = OperatorIdentity.builtin(.mul)
  public static let vectorized: VectorPairFunction? = .product
  public static let versions = 1...7
  public static let quantization = QuantizationRule.ownRange
  public static let plainTypes: Set<ElementType> = [
    .float32, .complex64, .int32, .int64, .uint32, .int16,
  ]
  public static let quantizedTypes: Set<ElementType> = [.uint8, .int8, .int16]

  /// Product of quantized values.
  public struct Quantized: QuantizedBinaryFunction {
    package var leftZeroPoint: Int32
    package var rightZeroPoint: Int32
    package var output: QuantizedOutput

    @inline(__always)
    public func callAsFunction(_ left: Int32, _ right: Int32) -> Int32 {
      output((left &- leftZeroPoint) &* (right &- rightZeroPoint))
    }
  }

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    try FusedActivationOptions(raw.table(named: "MulOptions"))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("MulOptions", options.fields)
  }

  public static func activation(_ options: Options) -> Activation? { options.activation }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    let type = inputs.optional(0)?.type
    if type == .uint32 || type == .complex64 { return 6 }
    if type == .int64 { return 5 }
    if type == .int16 { return inputs.optional(0)?.quantization == nil ? 7 : 4 }
    // Version 3 brought multipliers of 1 and above.
    if let left = inputs.optional(0)?.quantization?.scale,
      let right = inputs.optional(1)?.quantization?.scale,
      let output = outputs.first?.quantization?.scale,
      left != 0, right != 0, output != 0, left * right / output >= 1
    {
      return 3
    }
    return type == .int8 ? 2 : 1
  }

  public static func quantized(
    _ options: Options, left: TensorSpec, right: TensorSpec, output: TensorSpec
  ) throws(OctetError) -> Quantized {
    let (leftScale, leftZeroPoint) = try left.affine()
    let (rightScale, rightZeroPoint) = try right.affine()
    return Quantized(
      leftZeroPoint: leftZeroPoint, rightZeroPoint: rightZeroPoint,
      output: try QuantizedOutput(
        output, activation: options.activation,
        factor: Double(leftScale * rightScale / output.affine().scale)))
  }

  public static func apply(_ left: Float, _ right: Float) -> Float { left * right }

  public static func apply<Integer: FixedWidthInteger>(
    _ left: Integer, _ right: Integer
  ) -> Integer { left &* right }

  public static var complexFunction: (@Sendable (ComplexFloat, ComplexFloat) -> ComplexFloat)? {
    { $0 * $1 }
  }
}
