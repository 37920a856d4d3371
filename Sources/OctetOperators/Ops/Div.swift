import OctetCore
import OctetFormat

/// Quotient of two tensors, broadcast, with fused activation.
///
/// **Types**: float32, int32 (towards zero); uint8, int8, int16 quantized.
///
/// **Quantization**: the divisor's reciprocal in Q0.31 times the dividend, shifted left as far as
/// it goes, then requantized by `s_l / (s_r · s_out)` in float32. Right shifts of 32 bits and more,
/// for quotients far below a step, count modulo 32, so that results can be far from 0.
///
/// A divisor of 0 gives 0 for plain integers and counts as one step for quantized ones, where the
/// source stops with an error while it runs.
///
/// **Source**: TFLite `reference_ops::Div`, `reference_ops::DivElementwise`.
public enum Div: ElementwiseBinaryOperator {
  public typealias Options = FusedActivationOptions

  public static let identity = OperatorIdentity.builtin(.div)
  public static let vectorized: VectorPairFunction? = .quotient
  public static let versions = 1...2
  public static let quantization = QuantizationRule.ownRange
  public static let plainTypes: Set<ElementType> = [.float32, .int32]
  public static let quantizedTypes: Set<ElementType> = [.uint8, .int8, .int16]

  /// Quotient of quantized values.
  public struct Quantized: QuantizedBinaryFunction {
    var leftZeroPoint: Int32
    var rightZeroPoint: Int32
    var multiplier: QuantizedMultiplier
    var outputZeroPoint: Int32
    var minimum: Int32
    var maximum: Int32

    public func callAsFunction(_ left: Int32, _ right: Int32) -> Int32 {
      var dividend = left &- leftZeroPoint
      var divisor = right &- rightZeroPoint
      if divisor < 0 {
        dividend = 0 &- dividend
        divisor = 0 &- divisor
      }
      let (reciprocal, bitsOverUnit) = FixedPoint.reciprocal(divisor, integerBits: 31)
      let magnitudeBits = dividend < 0 ? ~dividend : dividend
      let headroom = Int32(magnitudeBits.leadingZeroBitCount) - 1
      let quotient = FixedPoint.saturatingRoundingDoublingHighMultiply(
        dividend &<< headroom, reciprocal)
      let exponent = multiplier.exponent - bitsOverUnit - headroom
      let leftShift = max(exponent, 0)
      // The right shift is not cut to 31: the source shifts on by what its lowest bits say.
      let rescaled = FixedPoint.roundingDivideByPowerOfTwo(
        FixedPoint.saturatingRoundingDoublingHighMultiply(
          quotient &<< leftShift, multiplier.mantissaQ31), leftShift - exponent)
      return min(max(rescaled &+ outputZeroPoint, minimum), maximum)
    }
  }

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    try FusedActivationOptions(raw.table(named: "DivOptions"))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("DivOptions", options.fields)
  }

  public static func activation(_ options: Options) -> Activation? { options.activation }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    inputs.needBroadcastingAboveRank4 ? 2 : 1
  }

  public static func quantized(
    _ options: Options, left: TensorSpec, right: TensorSpec, output: TensorSpec
  ) throws(OctetError) -> Quantized {
    let (leftScale, leftZeroPoint) = try left.affine()
    let (rightScale, rightZeroPoint) = try right.affine()
    let (outputScale, outputZeroPoint) = try output.affine()
    let (minimum, maximum) = try options.activation.quantizedBounds(output)
    return Quantized(
      leftZeroPoint: leftZeroPoint, rightZeroPoint: rightZeroPoint,
      multiplier: try QuantizedMultiplier(Double(leftScale / (rightScale * outputScale))),
      outputZeroPoint: outputZeroPoint, minimum: minimum, maximum: maximum)
  }

  public static let dividesByRight = true

  public static func apply(_ left: Float, _ right: Float) -> Float { left / right }

  public static func apply<Integer: FixedWidthInteger>(
    _ left: Integer, _ right: Integer
  ) -> Integer {
    right == 0 ? 0 : left.dividedReportingOverflow(by: right).partialValue
  }
}
