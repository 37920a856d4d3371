import OctetCore

/// Signed 4-bit integers, two in a byte, the lower half first.
enum PackedIntegers {
  /// The integers as int8.
  ///
  /// - Throws: `.malformedModel` where there are fewer than `count`.
  static func unpack(_ packed: Bytes, count: Int) throws(OctetError) -> Bytes {
    guard packed.count >= (count + 1) / 2 else {
      throw OctetError(
        .malformedModel(reason: "\(packed.count) bytes hold no \(count) integers of 4 bits"))
    }
    return Bytes(count: count) { memory in
      packed.withUnsafeBytes { packed in
        for i in 0..<count {
          let pair = packed[i / 2]
          memory[i] = UInt8(bitPattern: signExtended(i % 2 == 0 ? pair & 15 : pair >> 4))
        }
      }
    }
  }

  /// The value of 4 bits in two's complement.
  @inline(__always)
  static func signExtended(_ nibble: UInt8) -> Int8 {
    Int8(bitPattern: nibble << 4) >> 4
  }

  /// Integer `index` of packed ones.
  @inline(__always)
  static func element(_ index: Int, of packed: UnsafeBufferPointer<UInt8>) -> Int8 {
    let pair = packed[index / 2]
    return signExtended(index % 2 == 0 ? pair & 15 : pair >> 4)
  }

  /// Stores the low bits of `value` as integer `index`, whose own bits must be 0.
  @inline(__always)
  static func set(_ value: Int8, at index: Int, of packed: UnsafeMutableBufferPointer<UInt8>) {
    let nibble = UInt8(bitPattern: value) & 15
    packed[index / 2] |= index % 2 == 0 ? nibble : nibble << 4
  }
}
