import OctetCore

/// A constant of a graph: its type, shape and elements.
///
/// Source: `TensorProto` in TensorFlow's `tensor.proto`.
public struct TensorValue: Hashable, Sendable {
  /// The type as the file names it, which tells quantized types and plain integers apart.
  public let dataType: DataType
  /// The type that `bytes` hold.
  public let type: ElementType
  /// The extents.
  public let shape: Shape
  /// The elements, row-major and little-endian without gaps; empty for strings.
  public let bytes: Bytes
  /// The elements of a string tensor, which need not be UTF-8; empty for other types.
  public let strings: [Bytes]

  /// A tensor of elements of fixed size.
  ///
  /// - Throws: `.malformedModel` where the bytes don't fill the shape, `.unsupported` where
  ///   elements of the type have no fixed size.
  public init(dataType: DataType, shape: Shape, bytes: Bytes) throws(OctetError) {
    guard let type = dataType.elementType,
      let expected = type.byteCount(elements: shape.elementCount)
    else { throw OctetError(.unsupported(what: "a constant of \(dataType) and shape \(shape)")) }
    guard bytes.count == expected else {
      throw OctetError(
        .malformedModel(
          reason: "\(bytes.count) bytes of data, but \(type) of shape \(shape) takes \(expected)"))
    }
    self.dataType = dataType
    self.type = type
    self.shape = shape
    self.bytes = bytes
    self.strings = []
  }

  /// A tensor of strings.
  ///
  /// - Throws: `.malformedModel` where their number isn't that of the shape's elements.
  public init(shape: Shape, strings: [Bytes]) throws(OctetError) {
    guard strings.count == shape.elementCount else {
      throw OctetError(
        .malformedModel(
          reason: "\(strings.count) strings, but shape \(shape) takes \(shape.elementCount)"))
    }
    self.dataType = .string
    self.type = .string
    self.shape = shape
    self.bytes = Bytes([])
    self.strings = strings
  }
}

extension TensorValue: CustomStringConvertible {
  /// `float32 [3, 3, 8, 16]`.
  public var description: String { "\(type) \(shape)" }
}
