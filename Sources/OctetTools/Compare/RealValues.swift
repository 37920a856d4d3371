import OctetCore
import OctetRuntime

extension Tensor {
  /// The elements as real numbers: dequantized where they are quantized, integers and Booleans as
  /// they are; nil for types that are no real numbers.
  ///
  /// - Throws: `.invalidQuantization` where a scale can't be used.
  func realValues() throws(OctetError) -> [Double]? {
    if quantizationParameters != nil, dataType.canBeQuantized, dataType != .int4, dataType != .int2,
      dataType != .uint4
    {
      return try dequantizedValues().map(Double.init)
    }
    let bytes = Bytes([UInt8](data))
    switch dataType {
    case .float32: return bytes.values(as: Float.self).map(Double.init)
    case .float64: return bytes.values(as: Double.self)
    case .float16: return bytes.values(as: UInt16.self).map { Double(Float(halfBits: $0)) }
    case .bfloat16:
      return bytes.values(as: UInt16.self).map { Double(Float(bitPattern: UInt32($0) << 16)) }
    case .uint8, .bool: return bytes.array.map(Double.init)
    case .int8: return bytes.values(as: Int8.self).map(Double.init)
    case .int16: return bytes.values(as: Int16.self).map(Double.init)
    case .uint16: return bytes.values(as: UInt16.self).map(Double.init)
    case .int32: return bytes.values(as: Int32.self).map(Double.init)
    case .uint32: return bytes.values(as: UInt32.self).map(Double.init)
    case .int64: return bytes.values(as: Int64.self).map(Double.init)
    case .uint64: return bytes.values(as: UInt64.self).map(Double.init)
    // The parts side by side: errors of complex numbers are those of their parts.
    case .complex64: return bytes.values(as: Float.self).map(Double.init)
    case .complex128: return bytes.values(as: Double.self)
    default: return nil
    }
  }

  /// The real value of one quantization step, the smallest over channels; nil where the tensor
  /// isn't quantized.
  var quantizationStep: Double? {
    guard dataType.canBeQuantized, let scale = quantizationParameters?.scales.min() else {
      return nil
    }
    return Double(scale)
  }
}
