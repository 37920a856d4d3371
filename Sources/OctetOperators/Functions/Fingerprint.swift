/// The 64-bit fingerprint of a string of bytes that TensorFlow's hashing operations use.
///
/// **Source**: FarmHash `farmhashna::Hash64`, alias `Fingerprint64`.
enum Fingerprint {
  private static let k0: UInt64 = 0xc3a5_c85c_97cb_3127
  private static let k1: UInt64 = 0xb492_b66f_be98_f273
  private static let k2: UInt64 = 0x9ae1_6a3b_2f90_404f

  /// - Complexity: O(count)
  static func fingerprint64(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    switch bytes.count {
    case 0...16: upTo16(bytes)
    case 17...32: upTo32(bytes)
    case 33...64: upTo64(bytes)
    default: long(bytes)
    }
  }

  private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  private static func halfWord(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    UInt64(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
  }

  private static func rotate(_ value: UInt64, _ distance: UInt64) -> UInt64 {
    value &>> distance | value &<< (64 - distance)
  }

  private static func mix(_ value: UInt64) -> UInt64 { value ^ (value >> 47) }

  private static func combine(_ u: UInt64, _ v: UInt64, _ factor: UInt64) -> UInt64 {
    let a = mix((u ^ v) &* factor)
    return mix((v ^ a) &* factor) &* factor
  }

  private static func upTo16(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    let count = bytes.count
    let length = UInt64(count)
    let factor = k2 &+ length &* 2
    if count >= 8 {
      let a = word(bytes, 0) &+ k2
      let b = word(bytes, count - 8)
      return combine(
        rotate(b, 37) &* factor &+ a, (rotate(a, 25) &+ b) &* factor, factor)
    }
    if count >= 4 {
      return combine(length &+ halfWord(bytes, 0) << 3, halfWord(bytes, count - 4), factor)
    }
    guard count > 0 else { return k2 }
    let y = UInt64(bytes[0]) &+ UInt64(bytes[count >> 1]) << 8
    let z = length &+ UInt64(bytes[count - 1]) << 2
    return mix(y &* k2 ^ z &* k0) &* k2
  }

  private static func upTo32(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    let count = bytes.count
    let factor = k2 &+ UInt64(count) &* 2
    let a = word(bytes, 0) &* k1
    let b = word(bytes, 8)
    let c = word(bytes, count - 8) &* factor
    let d = word(bytes, count - 16) &* k2
    return combine(
      rotate(a &+ b, 43) &+ rotate(c, 30) &+ d, a &+ rotate(b &+ k2, 18) &+ c, factor)
  }

  private static func upTo64(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    let count = bytes.count
    let factor = k2 &+ UInt64(count) &* 2
    let a = word(bytes, 0) &* k2
    let b = word(bytes, 8)
    let c = word(bytes, count - 8) &* factor
    let d = word(bytes, count - 16) &* k2
    let y = rotate(a &+ b, 43) &+ rotate(c, 30) &+ d
    let z = combine(y, a &+ rotate(b &+ k2, 18) &+ c, factor)
    let e = word(bytes, 16) &* factor
    let f = word(bytes, 24)
    let g = (y &+ word(bytes, count - 32)) &* factor
    let h = (z &+ word(bytes, count - 24)) &* factor
    return combine(
      rotate(e &+ f, 43) &+ rotate(g, 30) &+ h, e &+ rotate(f &+ a, 18) &+ g, factor)
  }

  private static func pair(
    _ bytes: UnsafeRawBufferPointer, _ offset: Int, _ first: UInt64, _ second: UInt64
  ) -> (UInt64, UInt64) {
    let last = word(bytes, offset + 24)
    var a = first &+ word(bytes, offset)
    var b = rotate(second &+ a &+ last, 21)
    let c = a
    a = a &+ word(bytes, offset + 8) &+ word(bytes, offset + 16)
    b = b &+ rotate(a, 44)
    return (a &+ last, b &+ c)
  }

  private static func long(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    let count = bytes.count
    let seed: UInt64 = 81
    var y = seed &* k1 &+ 113
    var z = mix(y &* k2 &+ 113) &* k2
    var x = seed &* k2 &+ word(bytes, 0)
    var v: (UInt64, UInt64) = (0, 0)
    var w: (UInt64, UInt64) = (0, 0)
    let end = (count - 1) / 64 * 64
    var offset = 0
    repeat {
      x = rotate(x &+ y &+ v.0 &+ word(bytes, offset + 8), 37) &* k1
      y = rotate(y &+ v.1 &+ word(bytes, offset + 48), 42) &* k1
      x ^= w.1
      y = y &+ v.0 &+ word(bytes, offset + 40)
      z = rotate(z &+ w.0, 33) &* k1
      v = pair(bytes, offset, v.1 &* k1, x &+ w.0)
      w = pair(bytes, offset + 32, z &+ w.1, y &+ word(bytes, offset + 16))
      swap(&z, &x)
      offset += 64
    } while offset != end
    let factor = k1 &+ (z & 0xff) << 1
    offset = count - 64
    w.0 = w.0 &+ UInt64((count - 1) & 63)
    v.0 = v.0 &+ w.0
    w.0 = w.0 &+ v.0
    x = rotate(x &+ y &+ v.0 &+ word(bytes, offset + 8), 37) &* factor
    y = rotate(y &+ v.1 &+ word(bytes, offset + 48), 42) &* factor
    x ^= w.1 &* 9
    y = y &+ v.0 &* 9 &+ word(bytes, offset + 40)
    z = rotate(z &+ w.0, 33) &* factor
    v = pair(bytes, offset, v.1 &* factor, x &+ w.0)
    w = pair(bytes, offset + 32, z &+ w.1, y &+ word(bytes, offset + 16))
    swap(&z, &x)
    return combine(
      combine(v.0, w.0, factor) &+ mix(y) &* k0 &+ z, combine(v.1, w.1, factor) &+ x, factor)
  }
}
