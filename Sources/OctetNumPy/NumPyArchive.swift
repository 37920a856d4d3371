import COctetZlib
import OctetCore

/// The arrays of an `.npz` file: a zip archive of `.npy` files, stored or deflated.
///
/// **Source**: PKWARE's APPNOTE for zip; `numpy.savez` and `numpy.savez_compressed`.
public struct NumPyArchive: Sendable {
  /// The names of the arrays in the order of the file, without `.npy`.
  public let names: [String]
  private let entries: [String: Entry]
  private let file: Bytes
  private let maximumByteCount: Int

  private struct Entry: Sendable {
    var method: Int
    var crc: UInt32
    var compressedByteCount: Int
    var byteCount: Int
    var headerOffset: Int
  }

  /// Reads the directory of an `.npz` file, which is mapped; arrays are read when asked for.
  ///
  /// - Parameter maximumByteCount: the largest file, and the largest array in it.
  /// - Throws: `.inputOutput`, `.limitExceeded`, `.malformedFile`.
  public init(contentsOfFile path: String, maximumByteCount: Int = 2 << 30) throws(OctetError) {
    let file = try Bytes(mappingFile: path, maximumByteCount: maximumByteCount)
    do throws(OctetError) {
      try self.init(parsing: file, maximumByteCount: maximumByteCount)
    } catch {
      throw error.within(path)
    }
  }

  /// Reads the directory of an `.npz` file's bytes.
  ///
  /// - Throws: `.malformedFile`.
  public init(parsing file: Bytes, maximumByteCount: Int = 2 << 30) throws(OctetError) {
    self.file = file
    self.maximumByteCount = maximumByteCount
    var names: [String] = []
    var entries: [String: Entry] = [:]
    var directory = try Cursor(file, at: Self.directoryOffset(in: file))
    for _ in 0..<directory.entryCount {
      let (name, entry) = try directory.nextEntry()
      guard name.hasSuffix(".npy") else { continue }
      let key = String(name.dropLast(4))
      if entries.updateValue(entry, forKey: key) == nil { names.append(key) }
    }
    self.names = names
    self.entries = entries
  }

  /// The array of this name.
  ///
  /// - Throws: `.unknownName`; `.limitExceeded` for an array larger than allowed; `.malformedFile`
  ///   where it doesn't unpack to what the directory says; `.unsupported`.
  public func array(named name: String) throws(OctetError) -> NumPyArray {
    guard let entry = entries[name] else {
      throw OctetError(.unknownName(name, kind: "array", near: Array(names.prefix(10))))
    }
    do throws(OctetError) {
      return try NumPyArray(parsing: try contents(of: entry))
    } catch {
      throw error.within("\(name).npy")
    }
  }

  private func contents(of entry: Entry) throws(OctetError) -> Bytes {
    guard entry.byteCount <= maximumByteCount else {
      throw OctetError(
        .limitExceeded(limit: "array bytes", value: entry.byteCount, maximum: maximumByteCount))
    }
    let cursor = Cursor(file, position: entry.headerOffset)
    guard try cursor.integer(at: 0, bytes: 4) == 0x0403_4B50 else { throw Self.malformed }
    let nameCount = try cursor.integer(at: 26, bytes: 2)
    let extraCount = try cursor.integer(at: 28, bytes: 2)
    let start = entry.headerOffset + 30 + nameCount + extraCount
    guard start <= file.count, entry.compressedByteCount <= file.count - start else {
      throw Self.malformed
    }
    let packed = file.slice(start..<(start + entry.compressedByteCount))
    let contents: Bytes
    switch entry.method {
    case 0: contents = packed
    case 8: contents = try Self.inflated(packed, byteCount: entry.byteCount)
    default: throw OctetError(.unsupported(what: "zip method \(entry.method)"))
    }
    let crc = contents.withUnsafeBytes { bytes in
      oz_crc32(bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
    }
    guard contents.count == entry.byteCount, crc == entry.crc else { throw Self.malformed }
    return contents
  }

  private static func inflated(_ packed: Bytes, byteCount: Int) throws(OctetError) -> Bytes {
    // Deflate can't expand further than this: a larger claim is false, and nothing is allocated.
    guard byteCount / 1032 <= packed.count else { throw malformed }
    var isIntact = false
    let output = [UInt8](unsafeUninitializedCapacity: byteCount) { destination, initialized in
      isIntact = packed.withUnsafeBytes { input in
        oz_inflate(
          input.baseAddress?.assumingMemoryBound(to: UInt8.self), input.count,
          destination.baseAddress, byteCount) == 1
      }
      initialized = isIntact ? byteCount : 0
    }
    guard isIntact else { throw malformed }
    return Bytes(output)
  }

  /// Finds the record at the end of the file, behind which only a comment may stand.
  private static func directoryOffset(in file: Bytes) throws(OctetError) -> Int {
    let recordByteCount = 22
    guard file.count >= recordByteCount else { throw malformed }
    let lowest = max(0, file.count - recordByteCount - 0xFFFF)
    for position in stride(from: file.count - recordByteCount, through: lowest, by: -1) {
      let cursor = Cursor(file, position: position)
      if try cursor.integer(at: 0, bytes: 4) == 0x0605_4B50 { return position }
    }
    throw OctetError(.malformedFile(reason: "not an npz file"))
  }

  private static let malformed = OctetError(.malformedFile(reason: "the zip archive is damaged"))

  /// Reads little-endian fields with bounds checks.
  private struct Cursor {
    let file: Bytes
    var position: Int
    var entryCount = 0

    init(_ file: Bytes, position: Int) {
      self.file = file
      self.position = position
    }

    /// Stands at the first entry of the directory that the end record at `record` tells of.
    init(_ file: Bytes, at record: Int) throws(OctetError) {
      self.init(file, position: record)
      entryCount = try integer(at: 10, bytes: 2)
      position = try integer(at: 16, bytes: 4)
    }

    func integer(at offset: Int, bytes count: Int) throws(OctetError) -> Int {
      let start = position + offset
      guard start >= 0, start <= file.count - count else { throw malformed }
      return file.withUnsafeBytes { bytes in
        (0..<count).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
      }
    }

    mutating func nextEntry() throws(OctetError) -> (String, Entry) {
      guard try integer(at: 0, bytes: 4) == 0x0201_4B50 else { throw malformed }
      let nameCount = try integer(at: 28, bytes: 2)
      let nameStart = position + 46
      guard nameStart + nameCount <= file.count else { throw malformed }
      let name = file.slice(nameStart..<(nameStart + nameCount)).array
      var entry = Entry(
        method: try integer(at: 10, bytes: 2),
        crc: UInt32(truncatingIfNeeded: try integer(at: 16, bytes: 4)),
        compressedByteCount: try integer(at: 20, bytes: 4),
        byteCount: try integer(at: 24, bytes: 4),
        headerOffset: try integer(at: 42, bytes: 4))
      let extraCount = try integer(at: 30, bytes: 2)
      try readWideFields(&entry, extra: nameStart + nameCount, byteCount: extraCount)
      position = nameStart + nameCount + extraCount + (try integer(at: 32, bytes: 2))
      return (String(decoding: name, as: UTF8.self), entry)
    }

    /// Replaces fields that don't fit in 32 bits by those of the zip64 extra field.
    private func readWideFields(
      _ entry: inout Entry, extra: Int, byteCount: Int
    ) throws(OctetError) {
      var fields = Cursor(file, position: extra)
      while fields.position + 4 <= extra + byteCount {
        let identifier = try fields.integer(at: 0, bytes: 2)
        let size = try fields.integer(at: 2, bytes: 2)
        if identifier == 1 {
          var offset = 4
          for field in [\Entry.byteCount, \.compressedByteCount, \.headerOffset]
          where entry[keyPath: field] == 0xFFFF_FFFF {
            let value = try fields.integer(at: offset, bytes: 8)
            guard value >= 0 else { throw malformed }
            entry[keyPath: field] = value
            offset += 8
          }
        }
        fields.position += 4 + size
      }
    }
  }
}
