// Exponential functions of float32 as sequences of roundings that are the same everywhere: C libraries
// differ from each other and from version to version, and results must not.

extension RealFunction {
  /// e^x, at most 0.502 units in the last place from the exact value.
  ///
  /// `x = (k + r) · ln 2 / 32` with an integer k and |r| ≤ 1/2; then `2^(k/32)` comes from a table and
  /// `2^(r/32)` from a polynomial, both in double.
  ///
  /// **Source**: the C library's `expf`, from Arm's optimized routines.
  static func exponential(_ x: Float) -> Float {
    if x.isNaN { return x + x }
    if x > 0x1.62e42ep6 { return .infinity }
    if x < -0x1.9fe368p6 { return 0 }
    return Float(widePower(Double(x)))
  }

  /// e^x for numbers from −700 to 700, as precise as a float.
  @inline(__always)
  static func widePower(_ wide: Double) -> Double {
    // 32 / ln 2 in two parts, so that the first product is exact.
    let high = wide * 0x1.715476p+5
    let low = wide * (0x1.71547652b82fep+5 - 0x1.715476p+5)
    // Adding and taking away 1.5 · 2^52 rounds to an integer, which the low bits of the sum hold.
    let shifted = (high + low) + 0x1.8p52
    let rest = (high - (shifted - 0x1.8p52)) + low
    let steps = shifted.bitPattern
    let power = Double(bitPattern: powersOfTwo[Int(steps % 32)] &+ steps << 47)
    let cubic = rest * (0x1.c6af84b912394p-5 / 0x1p15) + 0x1.ebfce50fac4f3p-3 / 0x1p10
    let linear = rest * (0x1.62e42ff0c52d6p-1 / 0x1p5) + 1
    return (cubic * (rest * rest) + linear) * power
  }

  /// 2^(i/32) as double, less i in units of 2^47: the bits of 2^(k/32) for any k, once k is added in
  /// those units.
  private static let powersOfTwo: [UInt64] = [
    0x3ff0_0000_0000_0000, 0x3fef_d9b0_d315_8574, 0x3fef_b558_6cf9_890f, 0x3fef_9301_d012_5b51,
    0x3fef_72b8_3c7d_517b, 0x3fef_5487_3168_b9aa, 0x3fef_387a_6e75_6238, 0x3fef_1e9d_f51f_dee1,
    0x3fef_06fe_0a31_b715, 0x3fee_f1a7_373a_a9cb, 0x3fee_dea6_4c12_3422, 0x3fee_ce08_6061_892d,
    0x3fee_bfda_d536_2a27, 0x3fee_b42b_569d_4f82, 0x3fee_ab07_dd48_5429, 0x3fee_a47e_b03a_5585,
    0x3fee_a09e_667f_3bcd, 0x3fee_9f75_e8ec_5f74, 0x3fee_a114_73eb_0187, 0x3fee_a589_994c_ce13,
    0x3fee_ace5_422a_a0db, 0x3fee_b737_b0cd_c5e5, 0x3fee_c491_82a3_f090, 0x3fee_d503_b23e_255d,
    0x3fee_e89f_995a_d3ad, 0x3fee_ff76_f2fb_5e47, 0x3fef_199b_dd85_529c, 0x3fef_3720_dcef_9069,
    0x3fef_5818_dcfb_a487, 0x3fef_7c97_337b_9b5f, 0x3fef_a4af_a2a4_90da, 0x3fef_d076_5b6e_4540,
  ]

  /// `e^x − 1`, without the loss of precision near 0.
  ///
  /// `x = k · ln 2 + r` with an integer k; `e^r − 1` is a rational function of r.
  ///
  /// **Source**: the C library's `expm1f`, from fdlibm.
  static func exponentialMinusOne(_ x: Float) -> Float {
    let size = x.magnitude
    if x.isNaN { return x + x }
    if x >= 0x1.62e43p+6 { return .infinity }
    if x <= -0x1.2b7088p+4 { return -1 }
    if size < 0x1p-25 { return x }
    guard size > 0x1.62e43p-2 else {
      let (error, square) = remainder(x)
      return x - (x * error - square)
    }
    let k =
      size < 0x1.0a2b24p+0
      ? (x < 0 ? -1 : 1) : Int32(x * 0x1.715476p+0 + (x < 0 ? -0.5 : 0.5))
    let high = x - Float(k) * 0x1.62e3p-1
    let low = Float(k) * 0x1.2fefa2p-17
    let r = high - low
    // What rounding left out of r.
    let c = (high - r) - low
    let (quotient, square) = remainder(r)
    let error = (r * (quotient - c) - c) - square
    return scaled(r, error, k)
  }

  /// The rational function of r, and `r² / 2`.
  @inline(__always)
  private static func remainder(_ r: Float) -> (quotient: Float, square: Float) {
    let half = 0.5 * r
    let square = r * half
    let inner = -0x1.4ce19ap-14 + square * (0x1.0cfca8p-18 + square * -0x1.afdb76p-23)
    let series = 1 + square * (-0x1.111112p-5 + square * (0x1.a01a02p-10 + square * inner))
    let t = 3 - series * half
    return (square * ((series - t) / (6 - r * t)), square)
  }

  /// `2^k · (1 + r − error) − 1`: each range of k has an order of additions that keeps it exact.
  private static func scaled(_ r: Float, _ error: Float, _ k: Int32) -> Float {
    func timesPower(_ value: Float) -> Float {
      Float(bitPattern: value.bitPattern &+ UInt32(bitPattern: k) << 23)
    }
    let excess = error - r
    switch k {
    case -1: return 0.5 * (r - error) - 0.5
    case 1: return r < -0.25 ? -2 * (error - (r + 0.5)) : 1 + 2 * (r - error)
    case ...(-2), 57...: return timesPower(1 - excess) - 1
    default:
      let inverse = Float(sign: .plus, exponent: -Int(k), significand: 1)
      return k < 23
        ? timesPower((1 - inverse) - excess) : timesPower((r - (error + inverse)) + 1)
    }
  }

  /// The hyperbolic tangent.
  ///
  /// **Source**: the C library's `tanhf`, from fdlibm.
  static func hyperbolicTangent(_ x: Float) -> Float {
    if x.isNaN { return x + x }
    let size = x.magnitude
    let result: Float
    if size >= 22 {
      result = 1
    } else if size >= 1 {
      result = 1 - 2 / (exponentialMinusOne(2 * size) + 2)
    } else {
      let t = exponentialMinusOne(-2 * size)
      result = -t / (t + 2)
    }
    return Float(signOf: x, magnitudeOf: result)
  }

  /// `1 / (1 + e^-x)`, where it is almost `e^x` by that, and 1 where it is almost that.
  ///
  /// **Source**: TFLite `reference_ops::Logistic`, and Eigen's `scalar_logistic_op`.
  static func logistic(_ x: Float) -> Float {
    if x > 0x1.09e79ep4 { return 1 }
    if x < -9 { return exponential(x) }
    return logisticQuotient(x)
  }

  /// `1 / (1 + e^-x)` for all x.
  static func logisticQuotient(_ x: Float) -> Float { 1 / (1 + exponential(-x)) }
}
