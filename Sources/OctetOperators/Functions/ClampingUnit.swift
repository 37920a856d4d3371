import OctetCore

/// A rectified linear unit on its own: each element clamped to an interval.
///
/// The operators of this kind differ only in their bounds.
///
/// **Quantization**: `clamp(zp_out + requantize(q − zp_in))` with bounds `zp_out + round(bound / s)`;
/// int16 has no zero points.
///
/// Source: TFLite `activations::QuantizedReluX`.
struct ClampingUnit: Sendable {
  /// The lower bound.
  var minimum: Float
  /// The upper bound; nil where there is none.
  var maximum: Float?

  /// The function for the types of `input` and `output`; nil for types that have no kernel.
  func function(
    _ input: TensorSpec, _ output: TensorSpec, allowsInt16: Bool = false
  ) throws(OctetError) -> UnaryPlan.Function? {
    let minimum = minimum
    switch input.type {
    case .float32:
      let vectorized = VectorFunction.clamp(minimum: minimum, maximum: maximum)
      guard let maximum else { return .float({ max($0, minimum) }, vectorized: vectorized) }
      return .float({ min(max($0, minimum), maximum) }, vectorized: vectorized)
    case .uint8:
      return .byte(ByteTable(UInt8.self, try requantize(input, output)))
    case .int8:
      return .byte(ByteTable(Int8.self, try requantize(input, output)))
    case .int16 where allowsInt16:
      _ = try input.symmetricScale()
      _ = try output.symmetricScale()
      let (multiplier, bounds) = try numbers(input, output)
      let function = try requantize(input, output)
      return .int16(
        { Int16(clamping: function(Int32($0))) },
        vectorized: .sides(
          UnaryPlan.ScaledSides(
            above: multiplier, below: multiplier, minimum: bounds.minimum,
            maximum: bounds.maximum)))
    default:
      return nil
    }
  }

  private func requantize(
    _ input: TensorSpec, _ output: TensorSpec
  ) throws(OctetError) -> @Sendable (Int32) -> Int32 {
    let inputZeroPoint = try input.affine().zeroPoint
    let outputZeroPoint = try output.affine().zeroPoint
    let (multiplier, bounds) = try numbers(input, output)
    return { element in
      let value = outputZeroPoint &+ multiplier.multiply(element &- inputZeroPoint)
      return min(max(value, bounds.minimum), bounds.maximum)
    }
  }

  /// The factor between the scales, and the bounds in steps of the output.
  private func numbers(
    _ input: TensorSpec, _ output: TensorSpec
  ) throws(OctetError) -> (QuantizedMultiplier, bounds: (minimum: Int32, maximum: Int32)) {
    let inputScale = try input.affine().scale
    let (outputScale, outputZeroPoint) = try output.affine()
    let multiplier = try QuantizedMultiplier(Double(inputScale / outputScale))
    func quantized(_ bound: Float) -> Int32 {
      let steps = (bound / outputScale).rounded(.toNearestOrAwayFromZero)
      return Int32(clamping: Int64(outputZeroPoint) + Int64(Int32(saturating: steps, orIfNaN: 0)))
    }
    let lowest = max(quantized(minimum), Int32(output.type.quantizedRange.lowerBound))
    let typeMaximum = Int32(output.type.quantizedRange.upperBound)
    let highest = maximum.map { min(quantized($0), typeMaximum) } ?? typeMaximum
    return (multiplier, (lowest, highest))
  }
}
