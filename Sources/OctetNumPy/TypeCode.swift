import OctetCore

/// An element type with the code that `.npy` headers use for it: `<f4`, `|u1`, `|S5`.
///
/// **Source**: the NumPy array interface, "typestr".
struct TypeCode: Hashable, Sendable {
  let elementType: ElementType
  let itemByteCount: Int
  /// Whether strings are of 32-bit code points (`<U5`) rather than bytes.
  let isUnicode: Bool

  init(elementType: ElementType, itemByteCount: Int, isUnicode: Bool = false) {
    self.elementType = elementType
    self.itemByteCount = itemByteCount
    self.isUnicode = isUnicode
  }

  /// Nil for types that NumPy doesn't have.
  init?(_ elementType: ElementType) {
    guard let entry = Self.table.first(where: { $0.type == elementType }) else { return nil }
    self.init(elementType: elementType, itemByteCount: entry.byteCount)
  }

  /// Reads a code.
  ///
  /// - Throws: `.unsupported` for big-endian data and types that tensors don't have.
  init(parsing code: String) throws(OctetError) {
    guard let order = code.first, "<>=|".contains(order) else {
      throw OctetError(.malformedFile(reason: "'\(code)' is no element type"))
    }
    let kind = code.dropFirst()
    if kind.first == "S", let length = Int(kind.dropFirst()), length > 0 {
      self.init(elementType: .string, itemByteCount: length)
      return
    }
    // 4 bytes a code point; the bound keeps the product from overflowing.
    if kind.first == "U", order != ">", let length = Int(kind.dropFirst()), length > 0,
      length <= Int(Int32.max)
    {
      self.init(elementType: .string, itemByteCount: 4 * length, isUnicode: true)
      return
    }
    guard let entry = Self.table.first(where: { $0.code == kind }) else {
      throw OctetError(
        .unsupported(what: "the element type '\(code)'"),
        remedy: "convert the array with astype before saving it")
    }
    guard order != ">" || entry.byteCount == 1 else {
      throw OctetError(
        .unsupported(what: "big-endian data ('\(code)')"),
        remedy: "save array.astype(array.dtype.newbyteorder('<'))")
    }
    self.init(elementType: entry.type, itemByteCount: entry.byteCount)
  }

  /// The code as headers have it.
  var code: String {
    guard let entry = Self.table.first(where: { $0.type == elementType }) else {
      return "|S\(itemByteCount)"
    }
    return (entry.byteCount == 1 ? "|" : "<") + entry.code
  }

  /// The bytes of an array; nil on overflow.
  func byteCount(of shape: Shape) -> Int? {
    let (product, overflow) = shape.elementCount.multipliedReportingOverflow(by: itemByteCount)
    return overflow ? nil : product
  }

  private static let table: [(type: ElementType, code: String, byteCount: Int)] = [
    (.float16, "f2", 2), (.float32, "f4", 4), (.float64, "f8", 8),
    (.uint8, "u1", 1), (.uint16, "u2", 2), (.uint32, "u4", 4), (.uint64, "u8", 8),
    (.int8, "i1", 1), (.int16, "i2", 2), (.int32, "i4", 4), (.int64, "i8", 8),
    (.bool, "b1", 1), (.complex64, "c8", 8), (.complex128, "c16", 16),
  ]
}
