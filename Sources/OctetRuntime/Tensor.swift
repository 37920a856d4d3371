import OctetCore
import OctetFormat

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// A tensor's value at one moment, as a copy.
public struct Tensor: Hashable, Sendable {
  /// The name in the model.
  public let name: String
  /// The type of the elements.
  public let dataType: ElementType
  /// The extents, outermost first.
  public let shape: Shape
  /// The elements, dense and little-endian; strings as `PackedStrings` describes.
  public let data: Data
  /// How integers stand for real numbers; nil where they don't.
  public let quantizationParameters: Quantization?

  /// A tensor from its parts.
  public init(
    name: String, dataType: ElementType, shape: Shape, data: Data,
    quantizationParameters: Quantization? = nil
  ) {
    self.name = name
    self.dataType = dataType
    self.shape = shape
    self.data = data
    self.quantizationParameters = quantizationParameters
  }
}

extension Tensor {
  /// The elements as Swift values.
  ///
  /// - Throws: `.invalidArgument` where `type` isn't how `dataType` is stored.
  public func values<Element: TensorElement>(
    as type: Element.Type = Element.self
  ) throws(OctetError) -> [Element] {
    guard type.canHold(dataType) else {
      throw OctetError(
        .invalidArgument(name: "type", reason: "\(dataType) elements are not read as \(type)"),
        at: ["tensor '\(name)'"])
    }
    return Bytes([UInt8](data)).values(as: type)
  }

  /// The elements of a string tensor, each as its bytes.
  ///
  /// - Throws: `.invalidArgument` for another type, `.malformedModel` where `data` holds no strings.
  public func byteStrings() throws(OctetError) -> [Bytes] {
    guard dataType == .string else {
      throw OctetError(
        .invalidArgument(name: "type", reason: "\(dataType) elements are no strings"),
        at: ["tensor '\(name)'"])
    }
    do {
      return try PackedStrings(Bytes([UInt8](data))).strings
    } catch {
      throw error.within("tensor '\(name)'")
    }
  }

  /// The elements of a string tensor as text; bytes that are no UTF-8 become U+FFFD.
  ///
  /// - Throws: as `byteStrings()`.
  public func strings() throws(OctetError) -> [String] {
    try byteStrings().map { String(decoding: $0.array, as: UTF8.self) }
  }

  /// The elements as real numbers: `scale · (q − zeroPoint)` where they are quantized.
  ///
  /// - Throws: see `AffineCode`.
  public func dequantizedValues() throws(OctetError) -> [Float] {
    do {
      return try AffineCode(type: dataType, shape: shape, quantization: quantizationParameters)
        .decode(Bytes([UInt8](data)))
    } catch {
      throw error.within("tensor '\(name)'")
    }
  }
}
