import OctetCore

extension Tensor {
  /// The affine quantization, checked; nil where the tensor has none, or another kind.
  ///
  /// Custom details leave scales and zero points their meaning; those of other kinds replace them.
  /// Whether scales are positive and finite is for the operators to check: files carry scales that
  /// nobody reads.
  ///
  /// - Throws: `.invalidQuantization` where scales and zero points differ in number, or scales are
  ///   neither one nor as many as the dimension along the axis.
  ///
  /// **Source**: TFLite `InterpreterBuilder::ParseQuantization`.
  public var affineQuantization: Quantization? {
    get throws(OctetError) {
      guard let stored = quantization, stored.isAffine else { return nil }
      let count = stored.scales.count
      guard stored.zeroPoints.count == count else {
        throw OctetError(
          .invalidQuantization(
            reason: "\(count) scales, but \(stored.zeroPoints.count) zero points"))
      }
      if count == 1 {
        return Quantization(scale: stored.scales[0], zeroPoint: stored.zeroPoints[0])
      }
      let axis = Int(stored.axis)
      guard shape.indices.contains(axis) else {
        throw OctetError(
          .invalidQuantization(
            reason: "channels along axis \(axis) of a tensor of rank \(shape.count)"))
      }
      guard shape[axis] == count else {
        throw OctetError(
          .invalidQuantization(
            reason: "\(count) scales for the \(shape[axis]) channels along axis \(axis)"))
      }
      return Quantization(scales: stored.scales, zeroPoints: stored.zeroPoints, axis: axis)
    }
  }
}

extension TensorQuantization {
  fileprivate var isAffine: Bool {
    switch details {
    case .blockwise, .multiAxis: false
    case .custom, nil: !scales.isEmpty
    }
  }
}
