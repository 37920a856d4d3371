import OctetCore

/// Strings of any bytes as a string tensor's buffer holds them.
///
/// **Layout**: all numbers are little-endian and of 32 bits: the number of strings, the offset of
/// each string, the offset of the end, then the characters. Offsets count from the buffer's start.
///
/// **Source**: TFLite `string_util.h`.
public struct PackedStrings: Hashable, Sendable {
  /// The whole buffer.
  public let bytes: Bytes
  /// Where strings begin, and where the last one ends.
  private let offsets: [Int]

  /// Reads a buffer; one without a byte has no strings.
  ///
  /// - Throws: `.malformedModel` where a string lies outside the buffer.
  public init(_ bytes: Bytes) throws(OctetError) {
    self.bytes = bytes
    guard !bytes.isEmpty else {
      offsets = [0]
      return
    }
    guard bytes.count >= 8 else { throw Self.failure() }
    let count = Int(bytes.slice(0..<4).values(as: Int32.self)[0])
    guard count >= 0, count <= (bytes.count - 8) / 4 else {
      throw Self.failure()
    }
    let header = 8 + 4 * count
    offsets = bytes.slice(4..<header).values(as: Int32.self).map(Int.init)
    var previous = header
    for offset in offsets {
      guard offset >= previous, offset <= bytes.count else {
        throw Self.failure()
      }
      previous = offset
    }
  }

  /// Packs strings.
  ///
  /// - Throws: `.limitExceeded` where offsets don't fit 32 bits.
  public init(_ strings: [Bytes]) throws(OctetError) {
    let header = 8 + 4 * strings.count
    var offsets = [header]
    offsets.reserveCapacity(strings.count + 1)
    var end = header
    for string in strings {
      end += string.count
      offsets.append(end)
    }
    guard end <= Int32.max else {
      throw OctetError(
        .limitExceeded(limit: "bytes of strings", value: end, maximum: Int(Int32.max)))
    }
    var packed: [UInt8] = []
    packed.reserveCapacity(end)
    for number in [strings.count] + offsets {
      withUnsafeBytes(of: Int32(number).littleEndian) { packed.append(contentsOf: $0) }
    }
    for string in strings { packed.append(contentsOf: string.array) }
    bytes = Bytes(packed)
    self.offsets = offsets
  }

  /// The number of strings.
  public var count: Int { offsets.count - 1 }

  /// String `index`, without a copy.
  public subscript(index: Int) -> Bytes {
    bytes.slice(offsets[index]..<offsets[index + 1])
  }

  /// All strings, without copies.
  public var strings: [Bytes] { (0..<count).map { self[$0] } }

  private static func failure() -> OctetError {
    OctetError(.malformedModel(reason: "its strings are outside its data"))
  }
}
