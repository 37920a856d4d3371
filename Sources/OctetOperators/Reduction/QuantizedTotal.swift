import OctetCore

/// The sum or mean of quantized values as a quantized value.
///
/// **Quantization**: `clamp(zp_out + requantize(Σq − n · zp_in))` by `s_in / s_out` in double. For
/// a mean the multiplier is divided by n in integers, after a shift left by as many bits as n has,
/// so that it keeps its precision. The int32 sum wraps.
///
/// **Source**: TFLite `reference_ops::QuantizedMeanOrSum`.
public struct QuantizedTotal: Hashable, Sendable {
  private var multiplier: QuantizedMultiplier
  private var inputZeroPoints: Int32
  private var outputZeroPoint: Int32
  private var minimum: Int32
  private var maximum: Int32

  /// Checks scales and zero points.
  ///
  /// - Parameters:
  ///   - count: how many values are added up.
  ///   - isMean: whether the sum is divided by `count`.
  /// - Throws: `.invalidQuantization`.
  public init(
    _ input: TensorSpec, _ output: TensorSpec, count: Int, isMean: Bool
  ) throws(OctetError) {
    let (inputScale, inputZeroPoint) = try input.affine()
    let (outputScale, outputZeroPoint) = try output.affine()
    let rescale = try QuantizedMultiplier(Double(inputScale) / Double(outputScale))
    if isMean, count > 0 {
      let shift = min(
        Int64(63 - count.leadingZeroBitCount), 32, 31 + Int64(rescale.exponent))
      multiplier = QuantizedMultiplier(
        mantissaQ31: Int32((Int64(rescale.mantissaQ31) << shift) / Int64(count)),
        exponent: rescale.exponent - Int32(shift))
    } else {
      multiplier = rescale
    }
    inputZeroPoints = Int32(truncatingIfNeeded: Int64(inputZeroPoint) &* Int64(count))
    self.outputZeroPoint = outputZeroPoint
    minimum = Int32(clamping: output.type.quantizedRange.lowerBound)
    maximum = Int32(clamping: output.type.quantizedRange.upperBound)
  }

  /// The output's value for a sum of stored values.
  package func callAsFunction(_ sum: Int32) -> Int32 {
    let result = multiplier.multiply(sum &- inputZeroPoints) &+ outputZeroPoint
    return min(max(result, minimum), maximum)
  }
}
