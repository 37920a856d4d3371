import OctetCore

extension NumPyArray {
  /// An array of byte strings; the longest one's length is that of all elements.
  ///
  /// NumPy fills shorter strings up with zero bytes and drops those when it reads, so that zero
  /// bytes at the end of a string are lost.
  ///
  /// - Throws: `.invalidArgument` where the number of strings isn't that of the shape's elements.
  public init(strings: [Bytes], shape: Shape) throws(OctetError) {
    guard strings.count == shape.elementCount else {
      throw OctetError(
        .invalidArgument(name: "strings", reason: "\(strings.count) strings for \(shape)"))
    }
    let length = max(1, strings.lazy.map(\.count).max() ?? 1)
    let code = TypeCode(elementType: .string, itemByteCount: length)
    guard let byteCount = code.byteCount(of: shape), byteCount <= Int(Int32.max) else {
      throw OctetError(
        .invalidArgument(
          name: "strings", reason: "\(strings.count) elements of \(length) bytes are too large"))
    }
    let data = Bytes(count: byteCount) { memory in
      for (index, string) in strings.enumerated() {
        string.withUnsafeBytes { bytes in
          UnsafeMutableRawBufferPointer(
            rebasing: memory[(index * length)..<(index * length + bytes.count)]
          ).copyMemory(from: bytes)
        }
      }
    }
    try self.init(code, shape: shape, data: data)
  }

  /// The elements of a string array, without the zero bytes that fill them up; nil for other types.
  public var strings: [Bytes]? {
    guard elementType == .string else { return nil }
    return (0..<shape.elementCount).map { index in
      let item = data.slice((index * itemByteCount)..<((index + 1) * itemByteCount))
      let length = item.withUnsafeBytes { bytes in
        (bytes.lastIndex { $0 != 0 }).map { $0 + 1 } ?? 0
      }
      return item.slice(0..<length)
    }
  }

  /// Elements of 32-bit code points in UTF-8; what is no code point becomes U+FFFD.
  static func utf8(_ data: Bytes, itemByteCount: Int) -> [Bytes] {
    stride(from: 0, to: data.count, by: itemByteCount).map { start in
      let points = data.slice(start..<(start + itemByteCount)).values(as: UInt32.self)
      let text = points.prefix(1 + (points.lastIndex { $0 != 0 } ?? -1))
      var string = String.UnicodeScalarView()
      for point in text { string.append(Unicode.Scalar(point) ?? "\u{FFFD}") }
      return Bytes(Array(String(string).utf8))
    }
  }
}
