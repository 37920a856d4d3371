import OctetCore

/// Scale and zero point of each element of a tensor, quantized per tensor or per channel; checked.
public struct ChannelwiseQuantization: Hashable, Sendable {
  private let scales: [Float]
  private let zeroPoints: [Int32]
  /// Elements from one channel to the next.
  private let stride: Int

  /// Checks the parameters of a tensor.
  ///
  /// - Throws: `.invalidQuantization` where they are missing, of the wrong length, out of range.
  public init(_ spec: TensorSpec) throws(OctetError) {
    guard let quantization = spec.quantization, quantization.scales.count > 1 else {
      let (scale, zeroPoint) = try spec.affine()
      (scales, zeroPoints, stride) = ([scale], [zeroPoint], 1)
      return
    }
    let axis = quantization.axis
    guard axis >= 0, axis < spec.shape.rank, quantization.scales.count == spec.shape[axis],
      [1, quantization.scales.count].contains(quantization.zeroPoints.count)
    else {
      throw OctetError(
        .invalidQuantization(
          reason: "'\(spec.name)' has \(quantization.scales.count) scales and "
            + "\(quantization.zeroPoints.count) zero points along axis \(axis) of \(spec.shape)"))
    }
    var zeroPoints: [Int32] = []
    for (channel, scale) in quantization.scales.enumerated() {
      // One zero point may stand for all channels.
      let zeroPoint = quantization.zeroPoints[quantization.zeroPoints.count == 1 ? 0 : channel]
      var single = spec
      single.quantization = Quantization(scale: scale, zeroPoint: zeroPoint)
      zeroPoints.append(try single.affine().zeroPoint)
    }
    scales = quantization.scales
    self.zeroPoints = zeroPoints
    stride = spec.shape.strides[axis]
  }

  /// The one scale and zero point of all elements; nil where there are several.
  package var uniform: (scale: Float, zeroPoint: Int32)? {
    scales.count == 1 ? (scales[0], zeroPoints[0]) : nil
  }

  /// Calls `body` for each run of neighbours with one scale and zero point among the first `count`
  /// elements, in row-major order.
  @inline(__always)
  func forEachRun(
    count: Int, _ body: (_ run: Range<Int>, _ scale: Float, _ zeroPoint: Int32) -> Void
  ) {
    let length = scales.count == 1 ? count : stride
    var (start, channel) = (0, 0)
    while start < count {
      let end = min(start &+ length, count)
      body(start..<end, scales[channel], zeroPoints[channel])
      start = end
      channel = channel &+ 1 == scales.count ? 0 : channel &+ 1
    }
  }
}
