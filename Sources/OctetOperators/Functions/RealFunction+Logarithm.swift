// The logarithm and the error function of float32 as sequences of roundings that are the same everywhere,
// as for exponential functions.

extension RealFunction {
  /// ln x, at most 0.51 units in the last place from the exact value.
  ///
  /// `x = 2^k · z` with an integer k, and z in one of sixteen intervals; a number c in the middle of it
  /// has its logarithm in a table, and `z / c = 1 + r` with |r| < 1/32 has it from the series of
  /// `ln(1 + r)`. The inverse of c has few bits, so that r is exact, and c is 1 around 1.
  ///
  /// **Source**: for the reduction, Tang, "Table-Driven Implementation of the Logarithm Function in
  /// IEEE Floating-Point Arithmetic" (1990).
  static func logarithm(_ x: Float) -> Float {
    if x.isNaN { return x + x }
    if x == 0 { return -.infinity }
    if x < 0 { return .nan }
    if x == .infinity { return x }
    let (whole, r) = splitLogarithm(x)
    let series = r * (r * (r * (r * (-1.0 / 6) + 1.0 / 5) - 1.0 / 4) + 1.0 / 3) - 1.0 / 2
    return Float((whole + r) + r * r * series)
  }

  /// Two numbers for each positive finite x: `ln x = whole + ln(1 + rest)`, with |rest| < 1/32.
  @inline(__always)
  static func splitLogarithm(_ x: Float) -> (whole: Double, rest: Double) {
    let isSubnormal = x < 0x1p-126
    let bits = (isSubnormal ? x * 0x1p23 : x).bitPattern
    let distance = bits &- 0x3F33_0000
    let k = Int32(bitPattern: distance) >> 23 &- (isSubnormal ? 23 : 0)
    let z = Float(bitPattern: bits &- distance & 0xFF80_0000)
    let interval = Int(distance >> 19 & 15)
    return (
      Double(k) * 0x1.62e42fefa39efp-1 + starts[interval], Double(z) * inverses[interval] - 1
    )
  }

  /// Of each c.
  private static let inverses: [Double] = [
    1.3984375, 1.33984375, 1.28515625, 1.23828125, 1.19140625, 1.1484375, 1.109375, 1.0703125,
    1.03515625, 1.0, 0.94921875, 0.89453125, 0.84765625, 0.8046875, 0.765625, 0.73046875,
  ]

  /// The logarithm of each c.
  private static let starts: [Double] = [
    -0x1.5767717455a6cp-2, -0x1.2b9303ab89d25p-2, -0x1.00e6c45ad501dp-2, -0x1.b5b519e8fb5a4p-3,
    -0x1.66acd4272ad51p-3, -0x1.1b72ad52f67a0p-3, -0x1.a926d3a4ad563p-4, -0x1.16536eea37ae1p-4,
    -0x1.1b0d98923d980p-5, 0, 0x1.aaef2d0fb10fcp-5, 0x1.c885801bc4b23p-4,
    0x1.527e5e4a1b58dp-3, 0x1.bd087383bd8adp-3, 0x1.1178e8227e47cp-2, 0x1.419b423d5e8c7p-2,
  ]

  /// 1 − erf x, before it is rounded to a float at most 1.2e-7 from the exact value, relative to it.
  ///
  /// **Source**: Press, Teukolsky, Vetterling, Flannery, "Numerical Recipes" (1992), section 6.2: a
  /// Chebyshev fit.
  static func complementaryError(_ x: Float) -> Float {
    if x.isNaN { return x + x }
    // The function of 12 is far below the smallest float.
    let z = Double(min(x.magnitude, 12))
    let t = 1 / (1 + 0.5 * z)
    let high = t * (t * (t * (t * 0.17087277 - 0.82215223) + 1.48851587) - 1.13520398)
    let middle = t * (t * (t * (high + 0.27886807) - 0.18628806) + 0.09678418)
    let exponent = t * (t * (middle + 0.37409196) + 1.00002368) - (z * z + 1.26551223)
    let above = t * widePower(exponent)
    return Float(x < 0 ? 2 - above : above)
  }
}

extension Float {
  /// The logarithm to base 2 of a scale, rounded, where the scale is that power of two within a
  /// thousandth of an exponent; nil elsewhere.
  ///
  /// **Source**: TFLite `CheckedLog2`.
  var nearPowerOfTwo: Float? {
    let exponent = RealFunction.logarithm(self) * (1 / RealFunction.logarithm(2))
    let rounded = exponent.rounded(.toNearestOrAwayFromZero)
    return abs(exponent - rounded) < 1e-3 ? rounded : nil
  }
}
