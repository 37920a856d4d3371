import OctetCore

/// Translates between real numbers and the elements of one tensor.
///
/// Float tensors take numbers as they are. Quantized integers follow `real = scale · (q − zero
/// point)`, with one scale or one for each channel; quantizing rounds to nearest with halves away
/// from zero, then clamps to the type.
///
/// **Source**: TFLite `AffineQuantize` and `Dequantize`; arithmetic in float32 as there.
struct AffineCode {
  private let type: ElementType
  private let elementCount: Int
  private let scales: [Float]
  private let zeroPoints: [Int64]
  /// Consecutive elements of one channel.
  private let channelStride: Int

  /// - Throws: `.unsupportedTypes` for elements that are neither float32 nor integers,
  ///   `.invalidQuantization` where integers have no usable scale.
  init(type: ElementType, shape: Shape, quantization: Quantization?) throws(OctetError) {
    self.type = type
    elementCount = shape.elementCount
    guard type != .float32 else {
      (scales, zeroPoints, channelStride) = ([], [], 1)
      return
    }
    switch type {
    case .uint8, .int8, .int16, .int32, .int64: break
    default: throw OctetError(.unsupportedTypes(operator: "quantization", types: [type]))
    }
    guard let quantization else {
      throw OctetError(
        .invalidQuantization(reason: "\(type) elements without a scale"),
        remedy: "read or write the integers themselves")
    }
    guard quantization.scales.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw OctetError(.invalidQuantization(reason: "a scale is not positive and finite"))
    }
    scales = quantization.scales
    zeroPoints = quantization.zeroPoints
    guard scales.count == zeroPoints.count, !scales.isEmpty else {
      throw OctetError(.invalidQuantization(reason: "scales and zero points don't match"))
    }
    if scales.count == 1 {
      channelStride = 1
    } else {
      let axis = try shape.normalizedAxis(quantization.axis)
      guard shape[axis] == scales.count else {
        throw OctetError(
          .invalidQuantization(reason: "\(scales.count) scales for \(shape[axis]) channels"))
      }
      channelStride = shape.strides[axis]
    }
  }

  /// The elements that stand for `values`.
  ///
  /// - Throws: `.invalidArgument` where there are too many or too few, or one isn't a number.
  func encode(_ values: [Float]) throws(OctetError) -> Bytes {
    guard values.count == elementCount else {
      throw OctetError(
        .invalidArgument(
          name: "values", reason: "\(values.count) values for \(elementCount) elements"))
    }
    switch type {
    case .float32: return Bytes(values: values)
    case .uint8: return try quantize(values, as: UInt8.self)
    case .int8: return try quantize(values, as: Int8.self)
    case .int16: return try quantize(values, as: Int16.self)
    case .int32: return try quantize(values, as: Int32.self)
    default: return try quantize(values, as: Int64.self)
    }
  }

  /// The real numbers that `bytes` stand for.
  func decode(_ bytes: Bytes) -> [Float] {
    switch type {
    case .float32: return bytes.values(as: Float.self)
    case .uint8: return dequantize(bytes.values(as: UInt8.self))
    case .int8: return dequantize(bytes.values(as: Int8.self))
    case .int16: return dequantize(bytes.values(as: Int16.self))
    case .int32: return dequantize(bytes.values(as: Int32.self))
    default: return dequantize(bytes.values(as: Int64.self))
    }
  }

  private func channel(of index: Int) -> Int {
    scales.count == 1 ? 0 : index / channelStride % scales.count
  }

  private func quantize<Element: FixedWidthInteger & BitwiseCopyable>(
    _ values: [Float], as type: Element.Type
  ) throws(OctetError) -> Bytes {
    var result: [Element] = []
    result.reserveCapacity(values.count)
    for (index, value) in values.enumerated() {
      guard !value.isNaN else {
        throw OctetError(.invalidArgument(name: "values", reason: "value \(index) is no number"))
      }
      let channel = channel(of: index)
      let steps = Double((value / scales[channel]).rounded(.toNearestOrAwayFromZero))
      result.append(Element(clamping: Int64(saturating: steps + Double(zeroPoints[channel]))))
    }
    return Bytes(values: result)
  }

  private func dequantize<Element: FixedWidthInteger>(_ values: [Element]) -> [Float] {
    values.enumerated().map { index, value in
      let channel = channel(of: index)
      return scales[channel] * Float(Int64(value) &- zeroPoints[channel])
    }
  }
}
