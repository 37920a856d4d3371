extension FixedPoint {
  /// `exp(x)` in Q0.31 for x ≤ 0 in Q`integerBits`; 0 gives the largest value below 1.
  ///
  /// x is split into a multiple of 1/4 and a rest in [−1/4, 0). A Taylor polynomial gives the
  /// rest's exponential, and each set bit of the multiple contributes one constant factor.
  ///
  /// - Parameter integerBits: in 0...5.
  /// - Source: gemmlowp `exp_on_negative_values`.
  public static func exponential(ofNegative x: Int32, integerBits: Int32) -> Int32 {
    guard x != 0 else { return Int32.max }
    let fractionalBits = 31 - integerBits
    let quarter = Int32(1) &<< (fractionalBits - 2)
    let rest = (x & (quarter &- 1)) &- quarter
    let multiple = rest &- x
    var result = exponentialNearZero(saturatingShiftLeft(rest, integerBits))
    for (bit, factor) in exponentialsOfPowersOfTwo where integerBits > bit {
      if multiple & (1 &<< (fractionalBits + bit)) != 0 {
        result = saturatingRoundingDoublingHighMultiply(result, factor)
      }
    }
    return result
  }

  /// `exp(−2^bit)` in Q0.31.
  private static let exponentialsOfPowersOfTwo: [(bit: Int32, factor: Int32)] = [
    (-2, 1_672_461_947), (-1, 1_302_514_674), (0, 790_015_084), (1, 290_630_308),
    (2, 39_332_535), (3, 720_401), (4, 242),
  ]

  /// `exp(x)` for x in [−1/4, 0), both Q0.31: a fourth-order Taylor polynomial around −1/8.
  private static func exponentialNearZero(_ x: Int32) -> Int32 {
    let expOfMinusEighth: Int32 = 1_895_147_668
    let third: Int32 = 715_827_883
    let y = x &+ (1 << 28)
    let y2 = saturatingRoundingDoublingHighMultiply(y, y)
    let y3 = saturatingRoundingDoublingHighMultiply(y2, y)
    let y4 = saturatingRoundingDoublingHighMultiply(y2, y2)
    let cubicAndQuartic = saturatingRoundingDoublingHighMultiply(
      roundingDivideByPowerOfTwo(y4, 2) &+ y3, third)
    let beyondLinear = roundingDivideByPowerOfTwo(cubicAndQuartic &+ y2, 1)
    return expOfMinusEighth
      &+ saturatingRoundingDoublingHighMultiply(expOfMinusEighth, y &+ beyondLinear)
  }
}
