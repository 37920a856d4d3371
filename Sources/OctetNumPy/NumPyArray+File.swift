import OctetCore

extension NumPyArray {
  private static let magic: [UInt8] = [0x93] + "NUMPY".utf8
  /// Headers end on a multiple of this, so that data in a mapped file is aligned.
  private static let alignment = 64

  /// Reads a `.npy` file, which is mapped, not copied.
  ///
  /// - Throws: `.inputOutput`, `.limitExceeded`, `.malformedFile`, `.unsupported`.
  public init(contentsOfFile path: String, maximumByteCount: Int = 2 << 30) throws(OctetError) {
    let file = try Bytes(mappingFile: path, maximumByteCount: maximumByteCount)
    do throws(OctetError) {
      try self.init(parsing: file)
    } catch {
      throw error.within(path)
    }
  }

  /// Reads the bytes of a `.npy` file.
  ///
  /// Data in Fortran order is brought into C order, and text into UTF-8.
  ///
  /// - Throws: `.malformedFile`, `.unsupported` for big-endian data and types that tensors don't
  ///   have, `.invalidShape`.
  public init(parsing file: Bytes) throws(OctetError) {
    let prefix = file.slice(0..<min(file.count, 12)).array
    guard prefix.count >= 10, prefix.starts(with: Self.magic) else {
      throw OctetError(.malformedFile(reason: "not an npy file"))
    }
    let headerStart: Int
    let headerCount: Int
    switch prefix[6] {
    case 1:
      headerStart = 10
      headerCount = Int(prefix[8]) | Int(prefix[9]) << 8
    case 2, 3:
      guard prefix.count == 12 else {
        throw OctetError(.malformedFile(reason: "the npy header is cut off"))
      }
      headerStart = 12
      headerCount = (8..<12).reduce(0) { $0 | Int(prefix[$1]) << (8 * ($1 - 8)) }
    default:
      throw OctetError(.unsupported(what: "npy version \(prefix[6])"))
    }
    guard headerCount <= file.count - headerStart else {
      throw OctetError(.malformedFile(reason: "the npy header is cut off"))
    }
    let dataStart = headerStart + headerCount
    let header = try NumPyHeader(parsing: file.slice(headerStart..<dataStart).array)
    let shape = try Shape(header.shape)
    let data = file.slice(dataStart..<file.count)
    guard data.count == header.type.byteCount(of: shape) else {
      throw OctetError(
        .malformedFile(
          reason: "\(data.count) bytes of data for \(header.type.elementType) \(shape)"))
    }
    let ordered =
      header.isFortranOrder
      ? Self.transposed(data, shape, itemByteCount: header.type.itemByteCount) : data
    if header.type.isUnicode {
      try self.init(
        strings: Self.utf8(ordered, itemByteCount: header.type.itemByteCount), shape: shape)
    } else {
      try self.init(header.type, shape: shape, data: ordered)
    }
  }

  /// The array as the bytes of a `.npy` file of the lowest version that can hold it.
  public var fileBytes: Bytes {
    let header = NumPyHeader(
      type: TypeCode(elementType: elementType, itemByteCount: itemByteCount),
      isFortranOrder: false, shape: shape.dimensions)
    var text = Array(header.text.utf8)
    var prefixCount = 10
    func padding() -> Int {
      let total = prefixCount + text.count + 1
      return (Self.alignment - total % Self.alignment) % Self.alignment
    }
    if text.count + 1 + padding() > 0xFFFF { prefixCount = 12 }
    text += [UInt8](repeating: UInt8(ascii: " "), count: padding()) + [UInt8(ascii: "\n")]
    var file = Self.magic + [prefixCount == 10 ? 1 : 2, 0]
    for byte in 0..<(prefixCount - 8) {
      file.append(UInt8(truncatingIfNeeded: text.count >> (8 * byte)))
    }
    return Bytes(file + text + data.array)
  }

  /// Writes a `.npy` file; a reader sees the old file or the whole new one.
  ///
  /// - Throws: `.inputOutput`.
  public func write(toFile path: String) throws(OctetError) {
    try fileBytes.write(atomicallyTo: path)
  }

  /// Brings data whose first dimension varies fastest into the opposite order.
  private static func transposed(_ data: Bytes, _ shape: Shape, itemByteCount: Int) -> Bytes {
    guard shape.rank > 1, shape.elementCount > 0 else { return data }
    var sourceStrides = [Int](repeating: 1, count: shape.rank)
    for axis in 1..<shape.rank { sourceStrides[axis] = sourceStrides[axis - 1] * shape[axis - 1] }
    var result: [UInt8] = []
    result.reserveCapacity(data.count)
    data.withUnsafeBytes { bytes in
      var position = [Int](repeating: 0, count: shape.rank)
      var source = 0
      for _ in 0..<shape.elementCount {
        let start = source * itemByteCount
        result.append(contentsOf: bytes[start..<(start + itemByteCount)])
        var axis = shape.rank - 1
        position[axis] += 1
        source += sourceStrides[axis]
        while axis > 0, position[axis] == shape[axis] {
          source -= position[axis] * sourceStrides[axis]
          position[axis] = 0
          axis -= 1
          position[axis] += 1
          source += sourceStrides[axis]
        }
      }
    }
    return Bytes(result)
  }
}
