extension FixedPoint {
  /// `x · 2^exponent`, saturated; `exponent` in 0...31.
  ///
  /// Source: gemmlowp `SaturatingRoundingMultiplyByPOT`, `Rescale` to fewer integer bits.
  @inlinable @inline(__always)
  public static func saturatingShiftLeft(_ x: Int32, _ exponent: Int32) -> Int32 {
    Int32(clamping: Int64(x) &<< Int64(exponent))
  }

  /// `1 / (1 + x)` for `x` in [0, 1), both in Q0.31.
  ///
  /// Three Newton-Raphson steps on Q2.29 numbers from the usual linear estimate.
  ///
  /// Source: gemmlowp `one_over_one_plus_x_for_x_in_0_1`.
  @inlinable
  public static func reciprocalOfOnePlus(_ x: Int32) -> Int32 {
    let one = Int64(Int32.max)
    let sum = Int64(x) + one
    let halfDenominator = Int32(truncatingIfNeeded: (sum + (sum >= 0 ? 1 : -1)) / 2)
    let fortyEightSeventeenths: Int32 = 1_515_870_810
    let minusThirtyTwoSeventeenths: Int32 = -1_010_580_540
    var estimate =
      fortyEightSeventeenths
      &+ saturatingRoundingDoublingHighMultiply(halfDenominator, minusThirtyTwoSeventeenths)
    for _ in 0..<3 {
      let product = saturatingRoundingDoublingHighMultiply(halfDenominator, estimate)
      let remainder = (Int32(1) << 29) &- product
      let correction = saturatingRoundingDoublingHighMultiply(estimate, remainder)
      estimate = estimate &+ saturatingShiftLeft(correction, 2)
    }
    return saturatingShiftLeft(estimate, 1)
  }

  /// `1 / x` as a mantissa in Q0.31 and the bits that `x` has above the binary point.
  ///
  /// With `integerBits` integer bits in `x`: `1/x = mantissaQ31 · 2^(−31 − bitsOverUnit)` in units
  /// of `2^integerBits`. Zero is taken as 1, so that the function is total.
  ///
  /// Source: TFLite `GetReciprocal`.
  @inlinable
  public static func reciprocal(
    _ x: Int32, integerBits: Int32
  ) -> (mantissaQ31: Int32, bitsOverUnit: Int32) {
    let positive = UInt32(bitPattern: max(x, 1))
    let headroom = Int32(positive.leadingZeroBitCount)
    let fraction = Int32(bitPattern: (positive &<< UInt32(headroom)) &- (UInt32(1) << 31))
    return (reciprocalOfOnePlus(fraction), integerBits - headroom)
  }

  /// `1 / sqrt(x)` for an integer `x`, as a multiplier for other integers; 0 counts as 1.
  ///
  /// Five Newton-Raphson steps on Q3.28 numbers from an estimate of 1.
  ///
  /// Source: TFLite `GetInvSqrtQuantizedMultiplierExp`.
  @inlinable
  public static func inverseSquareRoot(_ x: Int32) -> QuantizedMultiplier {
    guard x > 1 else { return QuantizedMultiplier(mantissaQ31: .max, exponent: 0) }
    var input = x
    var rightShift: Int32 = 11
    while input >= 1 << 29 {
      input /= 4
      rightShift += 1
    }
    let bitPairs = (Int32(input.leadingZeroBitCount) - 1) / 2 - 1
    rightShift -= bitPairs
    input = input &<< (2 * bitPairs)
    let value = input >> 1
    let half = roundingDivideByPowerOfTwo(value, 1)
    let oneAndAHalf: Int32 = (1 << 28) + (1 << 27)
    var estimate: Int32 = 1 << 28
    for _ in 0..<5 {
      let square = saturatingRoundingDoublingHighMultiply(estimate, estimate)
      let cube = saturatingShiftLeft(
        saturatingRoundingDoublingHighMultiply(square, estimate), 6)
      let difference =
        saturatingRoundingDoublingHighMultiply(oneAndAHalf, estimate)
        &- saturatingRoundingDoublingHighMultiply(half, cube)
      estimate = saturatingShiftLeft(difference, 3)
    }
    let halfSquareRootOfTwo: Int32 = 1_518_500_250
    estimate = saturatingRoundingDoublingHighMultiply(estimate, halfSquareRootOfTwo)
    if rightShift < 0 {
      estimate = estimate &<< (-rightShift)
      rightShift = 0
    }
    return QuantizedMultiplier(mantissaQ31: estimate, exponent: -rightShift)
  }
}
