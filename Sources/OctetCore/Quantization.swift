/// Affine quantization: `real = scale · (q − zeroPoint)`, per tensor or per channel.
///
/// Source: `QuantizationParameters` in TFLite's `schema.fbs`.
public struct Quantization: Hashable, Sendable {
  /// One scale for the whole tensor, or one for each channel along `axis`.
  public var scales: [Float]
  /// One zero point for each scale.
  public var zeroPoints: [Int64]
  /// The dimension that per-channel scales run along; 0 where there is one scale.
  public var axis: Int

  /// Per-tensor quantization.
  public init(scale: Float, zeroPoint: Int64) {
    self.init(scales: [scale], zeroPoints: [zeroPoint], axis: 0)
  }

  /// Per-channel quantization along `axis`; `zeroPoints` has as many entries as `scales`.
  public init(scales: [Float], zeroPoints: [Int64], axis: Int) {
    self.scales = scales
    self.zeroPoints = zeroPoints
    self.axis = axis
  }

  /// The scale of a per-tensor quantization; nil where it is per channel.
  public var scale: Float? { scales.count == 1 ? scales[0] : nil }

  /// The zero point of a per-tensor quantization; nil where it is per channel.
  public var zeroPoint: Int64? { zeroPoints.count == 1 ? zeroPoints[0] : nil }
}
