import OctetCore

/// The sum of signed quantized values as a quantized value, by way of a real number.
///
/// **Quantization**: `clamp(zp_out + round(Σq · r − zp_in · r · n))` with `r = s_in / s_out`, all in
/// float32, halves away from zero. The int32 sum wraps.
///
/// **Source**: TFLite `optimized_ops::QuantizedMeanOrSum`; the reference kernel, which computes in
/// integers, reads signed values as unsigned.
public struct RoundedTotal: Hashable, Sendable {
  private var ratio: Float
  private var bias: Float
  private var outputZeroPoint: Int32
  private var minimum: Int32
  private var maximum: Int32

  /// Checks scales and zero points.
  ///
  /// - Parameter count: how many values are added up.
  /// - Throws: `.invalidQuantization`.
  public init(_ input: TensorSpec, _ output: TensorSpec, count: Int) throws(OctetError) {
    let (inputScale, inputZeroPoint) = try input.affine()
    let (outputScale, outputZeroPoint) = try output.affine()
    ratio = inputScale / outputScale
    bias = Float(-inputZeroPoint) * ratio * Float(count)
    self.outputZeroPoint = outputZeroPoint
    minimum = Int32(clamping: output.type.quantizedRange.lowerBound)
    maximum = Int32(clamping: output.type.quantizedRange.upperBound)
  }

  /// The output's value for a sum of stored values.
  package func callAsFunction(_ sum: Int32) -> Int32 {
    let steps = (Float(sum) * ratio + bias).rounded(.toNearestOrAwayFromZero)
    let result = Int64(Int32(saturating: steps)) + Int64(outputZeroPoint)
    return min(max(Int32(clamping: result), minimum), maximum)
  }
}
