import OctetCore

extension Tensor {
  /// The affine quantization, checked; nil where the tensor has none or another kind.
  ///
  /// Whether scales are positive and finite is for the operators to check: files carry scales that
  /// nobody reads.
  ///
  /// - Throws: `.invalidQuantization` where scales and zero points differ in number, or scales are
  ///   neither one nor as many as the dimension along the axis; `.invalidAxis`.
  /// - Source: TFLite `InterpreterBuilder::ParseQuantization`.
  public var affineQuantization: Quantization? {
    get throws(OctetError) {
      guard let stored = quantization, stored.details == nil, !stored.scales.isEmpty else {
        return nil
      }
      guard stored.zeroPoints.count == stored.scales.count else {
        throw OctetError(
          .invalidQuantization(
            reason: "\(stored.scales.count) scales but \(stored.zeroPoints.count) zero points"))
      }
      if stored.scales.count == 1 {
        return Quantization(scale: stored.scales[0], zeroPoint: stored.zeroPoints[0])
      }
      let axis = Int(stored.axis)
      guard shape.indices.contains(axis) else {
        throw OctetError(.invalidAxis(axis, rank: shape.count))
      }
      guard stored.scales.count == shape[axis] else {
        throw OctetError(
          .invalidQuantization(
            reason: "\(stored.scales.count) scales for \(shape[axis]) channels along axis \(axis)"))
      }
      return Quantization(scales: stored.scales, zeroPoints: stored.zeroPoints, axis: axis)
    }
  }
}
