import OctetCore

/// An array as NumPy stores it in `.npy` files, in C order and little-endian.
public struct NumPyArray: Hashable, Sendable {
  /// What the elements are; `.string` for byte strings of one length.
  public let elementType: ElementType
  /// The bytes of one element.
  public let itemByteCount: Int
  /// The extents, outermost first.
  public let shape: Shape
  /// The elements, dense, the last dimension varying fastest.
  public let data: Bytes

  /// An array of elements with a fixed size.
  ///
  /// - Throws: `.unsupportedTypes` for types that NumPy doesn't have, `.invalidArgument` where
  ///   `data` hasn't the size that type and shape ask for.
  public init(elementType: ElementType, shape: Shape, data: Bytes) throws(OctetError) {
    guard let code = TypeCode(elementType) else {
      throw OctetError(.unsupportedTypes(operator: "npy", types: [elementType]))
    }
    try self.init(code, shape: shape, data: data)
  }

  init(_ code: TypeCode, shape: Shape, data: Bytes) throws(OctetError) {
    guard let byteCount = code.byteCount(of: shape), data.count == byteCount else {
      throw OctetError(
        .invalidArgument(
          name: "data", reason: "\(data.count) bytes for \(code.elementType) \(shape)"))
    }
    elementType = code.elementType
    itemByteCount = code.itemByteCount
    self.shape = shape
    self.data = data
  }

  /// The same elements under another shape of as many elements.
  ///
  /// - Throws: `.invalidArgument` where the number of elements differs.
  public func reshaped(to newShape: Shape) throws(OctetError) -> NumPyArray {
    try NumPyArray(
      TypeCode(elementType: elementType, itemByteCount: itemByteCount), shape: newShape, data: data)
  }

  /// The elements as Swift values of the same size; the caller knows what `elementType` means.
  ///
  /// - Precondition: `Value` takes `itemByteCount` bytes.
  public func values<Value: BitwiseCopyable>(as type: Value.Type = Value.self) -> [Value] {
    precondition(MemoryLayout<Value>.stride == itemByteCount, "an element has another size")
    return data.values(as: type)
  }
}
