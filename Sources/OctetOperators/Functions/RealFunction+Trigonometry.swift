// Sine and cosine of float32 as sequences of roundings that are the same everywhere, as for exponential
// functions.

extension RealFunction {
  /// sin x, at most 0.502 units in the last place from the exact value.
  ///
  /// `x = n · π + r` with an integer n and |r| ≤ π/2, whose sine is a polynomial in double; an odd n
  /// changes the sign.
  ///
  /// **Source**: for the reduction, Cody and Waite, "Software Manual for the Elementary Functions"
  /// (1980), and for large numbers Payne and Hanek, "Radian Reduction for Trigonometric Functions"
  /// (1983).
  static func sine(_ x: Float) -> Float { sineOrCosine(x, isCosine: false) }

  /// cos x, as precise as the sine; here n is an integer and a half.
  static func cosine(_ x: Float) -> Float { sineOrCosine(x, isCosine: true) }

  private static func sineOrCosine(_ x: Float, isCosine: Bool) -> Float {
    guard x.magnitude < 0x1p20 else { return sineOrCosineOfLarge(x, isCosine: isCosine) }
    let wide = Double(x)
    let half = isCosine ? 0.5 : 0
    // Adding and taking away 1.5 · 2^52 rounds to an integer, which the low bits of the sum hold.
    let shifted = (wide * 0x1.45f306dc9c883p-2 - half) + 0x1.8p52
    let n = (shifted - 0x1.8p52) + half
    // π in two parts, so that the first product is exact.
    let r = (wide - n * 0x1.921fb544p+1) - n * 0x1.0b4611a626331p-33
    let isOdd = shifted.bitPattern & 1 == 1
    let value = sineBetween(r)
    return Float(isOdd != isCosine ? -value : value)
  }

  /// Sine of a number from −π/2 to π/2: `r + r³ · p(r²)`, where the polynomial p has the values wanted at
  /// the five Chebyshev points of the range of r².
  @inline(__always)
  private static func sineBetween(_ r: Double) -> Double {
    let square = r * r
    let fourth = square * square
    let low = square * 0x1.11110fdaac5ffp-7 - 0x1.55555554604fep-3
    let middle = square * 0x1.719691233ac9dp-19 - 0x1.a01905b857618p-13
    let high = fourth * -0x1.9db1c16e23549p-26
    let series = low + fourth * (middle + high)
    return r + r * square * series
  }

  /// The function of a number from 2^20 on; what isn't finite has none.
  private static func sineOrCosineOfLarge(_ x: Float, isCosine: Bool) -> Float {
    guard x.isFinite else { return .nan }
    // |x| = m · 2^(exponent − 150), and what the bits of 1/π before the first one of these 96 give is
    // a multiple of 2π.
    let m = UInt64(x.bitPattern & 0x7F_FFFF | 0x80_0000)
    let first = Int(x.bitPattern >> 23 & 0xFF) - 119
    let words = (0..<3).map { index -> UInt64 in
      let (left, right) = (inversePi[first / 32 + index], inversePi[first / 32 + index + 1])
      return ((UInt64(left) << 32 | UInt64(right)) << (first % 32)) >> 32
    }
    // |x| / π in units of 2^-63, without multiples of 2, moved by a half for sine.
    var turns = (m &* words[0]) << 32 &+ m &* words[1] &+ (m &* words[2]) >> 32
    if !isCosine { turns &+= 1 << 62 }
    let isOdd = turns >> 63 == 1
    let rest = Int64(turns & 0x7FFF_FFFF_FFFF_FFFF) - 1 << 62
    let value = sineBetween(Double(rest) * (0x1.921fb54442d18p+1 * 0x1p-63))
    let isNegative = isCosine ? !isOdd : isOdd != (x.sign == .minus)
    return Float(isNegative ? -value : value)
  }

  /// The bits of 1/π, behind 32 zeros.
  private static let inversePi: [UInt32] = [
    0, 0x517C_C1B7, 0x2722_0A94, 0xFE13_ABE8, 0xFA9A_6EE0, 0x6DB1_4ACC, 0x9E21_C820, 0xFF28_B1D5,
  ]
}
