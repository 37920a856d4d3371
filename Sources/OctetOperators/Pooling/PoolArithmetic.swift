import OctetCore

/// The element types of a pooling operator with its clamps; integers pass without rescaling.
package enum PoolArithmetic: Sendable {
  case float(minimum: Float, maximum: Float)
  case uint8(minimum: Int32, maximum: Int32)
  case int8(minimum: Int32, maximum: Int32)
  case int16(minimum: Int32, maximum: Int32)

  /// Chooses by the types of input and output.
  ///
  /// - Returns: nil for a combination of types that has no kernel.
  /// - Throws: `.invalidQuantization` where the output's scale or zero point is not the input's.
  static func select(
    input: TensorSpec, output: TensorSpec, activation: Activation
  ) throws(OctetError) -> PoolArithmetic? {
    guard input.type == output.type else { return nil }
    if input.type == .float32 {
      let (minimum, maximum) = try activation.realBounds()
      return .float(minimum: minimum, maximum: maximum)
    }
    guard input.type == .uint8 || input.type == .int8 || input.type == .int16 else { return nil }
    if input.quantization == nil, output.quantization == nil, activation == .none {
      // Plain integers: pooling needs no scale where nothing is clamped.
      let range = output.type.quantizedRange
      return integers(input.type, Int32(range.lowerBound), Int32(range.upperBound))
    }
    let (inputScale, inputZeroPoint) = try input.affine()
    let (outputScale, outputZeroPoint) = try output.affine()
    guard inputZeroPoint == outputZeroPoint, abs(inputScale - outputScale) <= 1e-6 else {
      throw OctetError(
        .invalidQuantization(reason: "'\(output.name)' must be quantized as '\(input.name)' is"))
    }
    let (minimum, maximum) = try activation.quantizedBounds(output)
    return integers(input.type, minimum, maximum)
  }

  private static func integers(
    _ type: ElementType, _ minimum: Int32, _ maximum: Int32
  ) -> PoolArithmetic {
    switch type {
    case .uint8: .uint8(minimum: minimum, maximum: maximum)
    case .int8: .int8(minimum: minimum, maximum: maximum)
    default: .int16(minimum: minimum, maximum: maximum)
    }
  }
}
