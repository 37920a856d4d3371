/// 16-bit fixed-point arithmetic with gemmlowp's roundings, and functions built on it.
///
/// A number with k integer bits stands for `x / 2^(15 − k)`.
///
/// Source: `fixedpoint.h` of gemmlowp for `std::int16_t`.
public enum FixedPoint16 {
  /// The high 16 bits of `2ab`, rounded to nearest; `Int16.min²` saturates.
  ///
  /// Source: gemmlowp `SaturatingRoundingDoublingHighMul`.
  @inlinable @inline(__always)
  public static func multiply(_ a: Int16, _ b: Int16) -> Int16 {
    if a == b && a == Int16.min { return Int16.max }
    let product = Int32(a) &* Int32(b)
    let nudge: Int32 = product >= 0 ? 1 << 14 : 1 - (1 << 14)
    return Int16(truncatingIfNeeded: (product &+ nudge) / (1 << 15))
  }

  /// `x / 2^exponent` rounded to nearest, halves away from zero; `exponent` in 0...15.
  ///
  /// Source: gemmlowp `RoundingDivideByPOT`.
  @inlinable @inline(__always)
  public static func roundingDivideByPowerOfTwo(_ x: Int16, _ exponent: Int16) -> Int16 {
    Int16(
      truncatingIfNeeded: FixedPoint.roundingDivideByPowerOfTwo(Int32(x), Int32(exponent)))
  }

  /// `x · 2^exponent`, saturated; `exponent` in 0...15.
  @inlinable @inline(__always)
  public static func saturatingShiftLeft(_ x: Int16, _ exponent: Int16) -> Int16 {
    Int16(clamping: Int32(x) &<< Int32(exponent))
  }

  /// `a + b`, saturated.
  @inlinable @inline(__always)
  public static func saturatingAdd(_ a: Int16, _ b: Int16) -> Int16 {
    Int16(clamping: Int32(a) &+ Int32(b))
  }

  /// `1 / (1 + exp(−x))` in Q0.15 for x with `integerBits` integer bits.
  ///
  /// - Parameter integerBits: in 0...6.
  /// - Source: gemmlowp `logistic`.
  public static func logistic(_ x: Int16, integerBits: Int16) -> Int16 {
    if x == 0 { return 1 << 14 }
    let magnitude = x > 0 ? x : 0 &- x
    let estimate = reciprocalEstimate(
      ofOnePlus: exponential(ofNegative: 0 &- magnitude, integerBits: integerBits))
    // The reciprocal is half of the estimate's two-bit number.
    let positive = saturatingShiftLeft(estimate, 1)
    return x > 0 ? positive : Int16.max &- positive
  }

  /// `tanh(x)` in Q0.15 for x with `integerBits` integer bits.
  ///
  /// - Parameter integerBits: in 0...6.
  /// - Source: gemmlowp `tanh`.
  public static func hyperbolicTangent(_ x: Int16, integerBits: Int16) -> Int16 {
    if x == 0 { return 0 }
    let negative = x < 0 ? x : 0 &- x
    let estimate = reciprocalEstimate(
      ofOnePlus: exponential(ofNegative: negative, integerBits: integerBits + 1))
    let magnitude = saturatingShiftLeft(estimate &- (1 << 13), 2)
    return x < 0 ? 0 &- magnitude : magnitude
  }

  /// `exp(x)` in Q0.15 for x ≤ 0; 0 gives the largest value below 1.
  ///
  /// Source: gemmlowp `exp_on_negative_values`, as in `FixedPoint.exponential`.
  private static func exponential(ofNegative x: Int16, integerBits: Int16) -> Int16 {
    guard x != 0 else { return Int16.max }
    let fractionalBits = 15 - integerBits
    if integerBits > 5, x < 0 &- (Int16(1) &<< (20 - integerBits)) { return 0 }
    let quarter = Int16(1) &<< (fractionalBits - 2)
    let rest = (x & (quarter &- 1)) &- quarter
    let multiple = rest &- x
    var result = exponentialNearZero(saturatingShiftLeft(rest, integerBits))
    for (bit, factor) in exponentialsOfPowersOfTwo where integerBits > bit {
      if multiple & (1 &<< (fractionalBits + bit)) != 0 { result = multiply(result, factor) }
    }
    return result
  }

  /// `exp(−2^bit)` in Q0.15.
  private static let exponentialsOfPowersOfTwo: [(bit: Int16, factor: Int16)] = [
    (-2, 25_520), (-1, 19_875), (0, 12_055), (1, 4_435), (2, 600), (3, 11), (4, 0),
  ]

  /// `exp(x)` for x in [−1/4, 0), both Q0.15: a fourth-order Taylor polynomial around −1/8.
  private static func exponentialNearZero(_ x: Int16) -> Int16 {
    let expOfMinusEighth: Int16 = 28_918
    let third: Int16 = 10_923
    let y = x &+ (1 << 12)
    let y2 = multiply(y, y)
    let y3 = multiply(y2, y)
    let y4 = multiply(y2, y2)
    let beyondLinear = roundingDivideByPowerOfTwo(
      multiply(roundingDivideByPowerOfTwo(y4, 2) &+ y3, third) &+ y2, 1)
    return saturatingAdd(expOfMinusEighth, multiply(expOfMinusEighth, y &+ beyondLinear))
  }

  /// `2 / (1 + x)` with two integer bits, for x in [0, 1) in Q0.15.
  ///
  /// Three Newton-Raphson steps from the usual linear estimate.
  private static func reciprocalEstimate(ofOnePlus x: Int16) -> Int16 {
    let sum = Int32(x) + Int32(Int16.max)
    let halfDenominator = Int16(truncatingIfNeeded: (sum + (sum >= 0 ? 1 : -1)) / 2)
    let fortyEightSeventeenths: Int16 = 23_130
    let minusThirtyTwoSeventeenths: Int16 = -15_420
    var estimate =
      fortyEightSeventeenths &+ multiply(halfDenominator, minusThirtyTwoSeventeenths)
    for _ in 0..<3 {
      let remainder = (1 << 13) &- multiply(halfDenominator, estimate)
      estimate = estimate &+ saturatingShiftLeft(multiply(estimate, remainder), 2)
    }
    return estimate
  }
}
