// Swift's Float16 is missing on some platforms that this package supports.
extension Float {
  /// The value of an IEEE half-precision number, given by its bits.
  public init(halfBits: UInt16) {
    let sign = UInt32(halfBits & 0x8000) << 16
    let exponent = UInt32(halfBits >> 10) & 0x1f
    let fraction = UInt32(halfBits & 0x3ff)
    switch exponent {
    case 0:
      // Subnormal: the fraction counts units of 2^-24.
      let magnitude = Float(fraction) * 0x1p-24
      self = Float(bitPattern: sign | magnitude.bitPattern)
    case 0x1f:
      self = Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
    default:
      self = Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }

  /// The bits of the nearest IEEE half-precision number, halves to even.
  public var halfBits: UInt16 {
    let sign = UInt16(truncatingIfNeeded: (bitPattern >> 16) & 0x8000)
    guard !isNaN else { return sign | 0x7e00 }
    let magnitude = self.magnitude
    if magnitude >= 65520 { return sign | 0x7c00 }
    if magnitude < 0x1p-14 {
      return sign | UInt16((magnitude * 0x1p24).rounded(.toNearestOrEven))
    }
    // Adding half of the last kept bit, and one more where that bit is set, rounds to even.
    let bits = magnitude.bitPattern - (112 << 23)
    let rounded = bits + 0xfff + ((bits >> 13) & 1)
    return sign | UInt16(truncatingIfNeeded: rounded >> 13)
  }

  /// The value of a bfloat16 number, given by its bits: the upper half of a float32.
  public init(brainBits: UInt16) {
    self.init(bitPattern: UInt32(brainBits) << 16)
  }

  /// The bits of the nearest bfloat16 number, halves to even.
  public var brainBits: UInt16 {
    guard !isNaN else { return UInt16(truncatingIfNeeded: bitPattern >> 16) & 0x8000 | 0x7fc0 }
    let rounded = bitPattern &+ 0x7fff &+ (bitPattern >> 16 & 1)
    return UInt16(truncatingIfNeeded: rounded >> 16)
  }
}
