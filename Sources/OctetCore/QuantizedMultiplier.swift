#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A real factor as a 31-bit mantissa and a power of two, for integer requantization.
///
/// `factor ≈ mantissaQ31 · 2^(exponent − 31)`.
///
/// Source: TFLite `QuantizeMultiplier` and `MultiplyByQuantizedMultiplier` with double rounding.
public struct QuantizedMultiplier: Hashable, Sendable {
  /// The mantissa in Q0.31: of magnitude `2^30 ..< 2^31`, or 0 for a factor of 0.
  public let mantissaQ31: Int32
  /// The power of two; positive shifts left, negative shifts right with rounding.
  public let exponent: Int32

  /// A factor of `mantissaQ31 · 2^(exponent − 31)`, whose mantissa may have leading zeros.
  ///
  /// Right shifts beyond 31 bits, which leave nothing of any product, are cut to 31.
  public init(mantissaQ31: Int32, exponent: Int32) {
    self.mantissaQ31 = mantissaQ31
    self.exponent = max(exponent, -31)
  }

  /// The closest representation of `factor`.
  ///
  /// Factors below 2^-31 become 0, as in the source.
  ///
  /// - Throws: `.invalidQuantization` where the factor is negative, not finite or above 2^30.
  public init(_ factor: Double) throws(OctetError) {
    guard factor.isFinite, factor >= 0 else {
      throw OctetError(.invalidQuantization(reason: "a multiplier of \(factor)"))
    }
    guard factor > 0 else {
      mantissaQ31 = 0
      exponent = 0
      return
    }
    var exponent = Int32(factor.exponent) + 1
    let mantissa = factor.significand / 2
    var fixed = Int64((mantissa * Double(Int64(1) << 31)).rounded(.toNearestOrAwayFromZero))
    if fixed == Int64(1) << 31 {
      fixed /= 2
      exponent += 1
    }
    if exponent < -31 {
      exponent = 0
      fixed = 0
    }
    guard exponent <= 30 else {
      throw OctetError(
        .invalidQuantization(reason: "a multiplier of \(factor) does not fit in 31 bits"))
    }
    self.mantissaQ31 = Int32(fixed)
    self.exponent = exponent
  }

  /// The closest representation of a factor of either sign.
  ///
  /// - Throws: `.invalidQuantization` where the factor is not finite or above 2^30 in magnitude.
  public init(signed factor: Double) throws(OctetError) {
    let magnitude = try QuantizedMultiplier(abs(factor))
    self.init(
      mantissaQ31: factor < 0 ? -magnitude.mantissaQ31 : magnitude.mantissaQ31,
      exponent: magnitude.exponent)
  }

  /// `x · factor` rounded to nearest twice: after the multiplication and after the right shift.
  ///
  /// The left shift wraps, as the source's does in two's complement.
  @inlinable @inline(__always)
  public func multiply(_ x: Int32) -> Int32 {
    let leftShift = exponent > 0 ? exponent : 0
    let rightShift = exponent > 0 ? 0 : -exponent
    return FixedPoint.roundingDivideByPowerOfTwo(
      FixedPoint.saturatingRoundingDoublingHighMultiply(x &<< leftShift, mantissaQ31),
      rightShift)
  }

  /// The mantissa in Q0.15, rounded to nearest, halves up; the largest stays below 1.
  @inlinable @inline(__always)
  public var mantissaQ15: Int32 {
    mantissaQ31 < 0x7FFF_0000 ? (mantissaQ31 &+ (1 << 15)) >> 16 : 0x7FFF
  }

  /// `x · factor` for sums of up to 48 bits: a 16-bit mantissa, rounded once, halves up.
  ///
  /// `exponent` must be below 8; the sum wraps at 64 bits and the result at 32.
  ///
  /// Source: TFLite `MultiplyByQuantizedMultiplier` for `int64_t`.
  @inlinable @inline(__always)
  public func multiply(_ x: Int64) -> Int32 {
    let rightShift = Int64(15 &- exponent)
    let product = x &* Int64(mantissaQ15) &+ (1 &<< (rightShift &- 1))
    return Int32(truncatingIfNeeded: product &>> rightShift)
  }
}
