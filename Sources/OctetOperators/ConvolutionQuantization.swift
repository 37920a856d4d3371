import OctetCore

/// The integer arithmetic behind a convolution-like operator's output, checked.
///
/// `output = clamp(zeroPoint + requantize(Σ (input + inputOffset)·(filter + filterOffset) + bias))`
public struct ConvolutionQuantization: Hashable, Sendable {
  /// Minus the input's zero point.
  public var inputOffset: Int32
  /// Minus the filter's zero point; 0 where the filter is per channel.
  public var filterOffset: Int32
  /// The output's zero point.
  public var outputZeroPoint: Int32
  /// One multiplier, or one for each output channel.
  public var multipliers: [QuantizedMultiplier]
  /// The lowest quantized output that the activation allows.
  public var minimum: Int32
  /// The highest quantized output that the activation allows.
  public var maximum: Int32

  /// Checks scales and zero points, and computes multipliers and clamps.
  ///
  /// **Quantization**: uint8 uses one multiplier `float32(s_in · s_filter) / s_out`; int8 and
  /// int16 use `s_in · s_filter[c] / s_out` in double for each of `channelCount` channels.
  ///
  /// - Parameter channelAxis: the filter dimension that per-channel scales must run along.
  /// - Throws: `.invalidQuantization` where parameters are missing, of the wrong length or axis,
  ///   not positive, or where a uint8 bias scale is off by more than 0.02 output steps.
  /// - Source: TFLite `PopulateConvolutionQuantizationParams`.
  public init(
    input: TensorSpec, filter: TensorSpec, bias: TensorSpec?, output: TensorSpec,
    activation: Activation, channelAxis: Int, channelCount: Int
  ) throws(OctetError) {
    let (inputScale, inputZeroPoint) = try input.affine()
    let (outputScale, zeroPoint) = try output.affine()
    inputOffset = -inputZeroPoint
    outputZeroPoint = zeroPoint
    (minimum, maximum) = try activation.quantizedBounds(output)
    if input.type == .uint8 {
      let (filterScale, filterZeroPoint) = try filter.affine()
      filterOffset = -filterZeroPoint
      try Self.checkBiasScale(
        bias, product: Double(inputScale) * Double(filterScale), outputScale: Double(outputScale))
      // The product is rounded to float32 before the division, as in the source.
      multipliers = [
        try QuantizedMultiplier(Double(inputScale * filterScale) / Double(outputScale))
      ]
    } else {
      let scales = try Self.channelScales(filter, axis: channelAxis, count: channelCount)
      filterOffset = 0
      multipliers = []
      for scale in scales {
        multipliers.append(
          try QuantizedMultiplier(Double(inputScale) * Double(scale) / Double(outputScale)))
      }
    }
  }

  /// The multiplier of one output channel.
  @inlinable @inline(__always)
  func multiplier(_ channel: Int) -> QuantizedMultiplier {
    multipliers[multipliers.count == 1 ? 0 : channel]
  }

  private static func checkBiasScale(
    _ bias: TensorSpec?, product: Double, outputScale: Double
  ) throws(OctetError) {
    guard let bias else { return }
    let scale = Double(bias.quantization?.scale ?? 0)
    guard abs(product - scale) / outputScale <= 0.02 else {
      throw OctetError(
        .invalidQuantization(
          reason: "bias scale \(scale) is not the product \(product) of input and filter scales"))
    }
  }

  private static func channelScales(
    _ filter: TensorSpec, axis: Int, count: Int
  ) throws(OctetError) -> [Float] {
    guard let quantization = filter.quantization, !quantization.scales.isEmpty else {
      throw OctetError(.invalidQuantization(reason: "'\(filter.name)' has no scale"))
    }
    let scales = quantization.scales
    guard scales.count == 1 || (scales.count == count && quantization.axis == axis) else {
      throw OctetError(
        .invalidQuantization(
          reason: "'\(filter.name)' has \(scales.count) scales along axis \(quantization.axis), "
            + "expected 1, or \(count) along axis \(axis)"))
    }
    for scale in scales { try TensorSpec.check(scale: scale, filter.name) }
    guard quantization.zeroPoints.allSatisfy({ $0 == 0 }) else {
      throw OctetError(
        .invalidQuantization(reason: "zero points of '\(filter.name)' must be 0 for \(filter.type)")
      )
    }
    return scales
  }
}
