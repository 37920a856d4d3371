extension FixedPoint {
  /// `log(x)` in Q`outputBits` for x ≥ 1 in Q`inputBits`.
  ///
  /// x is written as `r · 2^k` twice, with r around 1 and around √½; the form whose r is closer to
  /// `2^-¼` is taken, so that a rational approximation of log(r) holds over a narrow interval.
  ///
  /// - Source: TFLite `log_x_for_x_greater_than_or_equal_to_1_impl`.
  public static func logarithm(
    ofAtLeastOne x: Int32, inputBits: Int32, outputBits: Int32
  ) -> Int32 {
    // One more integer bit than the result, because the sum's first term may reach its limit.
    let sumBits = outputBits + 1
    let shiftedQuarter = roundingDivideByPowerOfTwo(536_870_912, sumBits)

    let headroom = Int32(x.leadingZeroBitCount)
    let normalized = saturatingShiftLeft(x, max(headroom - 1, 0))
    let ratioA = saturatingShiftLeft(multiply(normalized, squareRootOfHalf), 1)
    let powerA = clampedSum(
      saturatingShiftLeft(inputBits - headroom, 31 - sumBits), shiftedQuarter)

    let reduced = multiply(x, squareRootOfHalf)
    let reducedHeadroom = max(Int32(reduced.leadingZeroBitCount) - 1, 0)
    let ratioB = saturatingShiftLeft(x, reducedHeadroom)
    let powerB = clampedSum(
      saturatingShiftLeft(inputBits - reducedHeadroom, 31 - sumBits), -shiftedQuarter)

    let ratio = min(ratioA, ratioB)
    let power = max(powerA, powerB)
    let ofRatio = logarithmNearOne(ratio, integerBits: sumBits)
    return saturatingShiftLeft(multiply(power, logarithmOfTwo) &+ ofRatio, 1)
  }

  /// The logarithm of `ratio` (Q0, around `2^-¼`), relative to `2^-¼`, in Q`integerBits`.
  private static func logarithmNearOne(_ ratio: Int32, integerBits: Int32) -> Int32 {
    let mean = roundingHalfSum(ratio, fourthRootOfHalf)
    let halfDifference = ratio &- fourthRootOfHalf
    let difference = halfDifference &+ halfDifference
    let square = multiply(difference, difference)
    let numerator =
      multiply(difference, ratio)
      &+ multiply(multiply(difference, square), numeratorCoefficient)
    let denominatorMinusOne =
      multiply(
        mean,
        denominatorConstant &+ difference &+ multiply(denominatorSquareCoefficient, square))
      &+ multiply(denominatorCoefficient, difference)
    return multiply(
      roundingDivideByPowerOfTwo(numerator, integerBits),
      reciprocalOfOnePlus(denominatorMinusOne))
  }

  private static func multiply(_ a: Int32, _ b: Int32) -> Int32 {
    saturatingRoundingDoublingHighMultiply(a, b)
  }

  /// Half the sum, rounded to nearest, halves away from zero.
  private static func roundingHalfSum(_ a: Int32, _ b: Int32) -> Int32 {
    let sum = Int64(a) + Int64(b)
    return Int32(truncatingIfNeeded: (sum + (sum >= 0 ? 1 : -1)) / 2)
  }

  private static func clampedSum(_ a: Int32, _ b: Int32) -> Int32 {
    Int32(clamping: Int64(a) + Int64(b))
  }

  // All in Q0.31; c stands for the fourth root of 2.

  /// log 2
  private static let logarithmOfTwo: Int32 = 1_488_522_236
  /// ½^¼
  private static let fourthRootOfHalf: Int32 = 1_805_811_301
  /// √½
  private static let squareRootOfHalf: Int32 = 1_518_500_250
  /// 11/240 · c
  private static let numeratorCoefficient: Int32 = 117_049_297
  /// 1/20 · c
  private static let denominatorSquareCoefficient: Int32 = 127_690_142
  /// 2/c − c
  private static let denominatorConstant: Int32 = 1_057_819_769
  /// 1/4 · c
  private static let denominatorCoefficient: Int32 = 638_450_708
}
