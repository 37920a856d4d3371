import OctetCore

extension TensorQuantization {
  /// Scales and zero points in their checked form; nil where the tensor isn't quantized.
  ///
  /// - Parameter shape: the tensor's stored extents, which per-channel scales must match.
  /// - Throws: `.invalidQuantization` where counts or axis contradict each other.
  ///
  /// **Source**: TFLite `InterpreterBuilder::ParseQuantization`.
  public func checked(shape: [Int]) throws(OctetError) -> Quantization? {
    guard !scales.isEmpty else { return nil }
    guard zeroPoints.count == scales.count else {
      throw OctetError(
        .invalidQuantization(
          reason: "\(scales.count) scales, but \(zeroPoints.count) zero points"))
    }
    if scales.count == 1 {
      return Quantization(scale: scales[0], zeroPoint: zeroPoints[0])
    }
    let axis = Int(axis)
    guard shape.indices.contains(axis) else {
      throw OctetError(
        .invalidQuantization(
          reason: "channels along axis \(axis) of a tensor of rank \(shape.count)"))
    }
    guard shape[axis] == scales.count else {
      throw OctetError(
        .invalidQuantization(
          reason: "\(scales.count) scales for the \(shape[axis]) channels along axis \(axis)"))
    }
    return Quantization(scales: scales, zeroPoints: zeroPoints, axis: axis)
  }
}
