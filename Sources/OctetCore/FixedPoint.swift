/// 32-bit fixed-point arithmetic with gemmlowp's roundings.
///
/// Source: `fixedpoint.h` of gemmlowp, which TFLite's reference kernels use.
public enum FixedPoint {
  /// The high 32 bits of `2ab`, rounded to nearest, halves away from zero towards +∞ for
  /// positive and −∞ for negative products; `Int32.min²` saturates.
  ///
  /// Source: gemmlowp `SaturatingRoundingDoublingHighMul`.
  @inlinable @inline(__always)
  public static func saturatingRoundingDoublingHighMultiply(_ a: Int32, _ b: Int32) -> Int32 {
    if a == b && a == Int32.min { return Int32.max }
    let product = Int64(a) &* Int64(b)
    let nudge: Int64 = product >= 0 ? 1 << 30 : 1 - (1 << 30)
    // Division truncates towards zero, as the C++ source's does; a shift would not.
    return Int32(truncatingIfNeeded: (product &+ nudge) / (1 << 31))
  }

  /// `x / 2^exponent` rounded to nearest, halves away from zero; `exponent` in 0...31.
  ///
  /// Larger exponents give what processors make of the source: shifts by their lowest bits.
  ///
  /// Source: gemmlowp `RoundingDivideByPOT`.
  @inlinable @inline(__always)
  public static func roundingDivideByPowerOfTwo(_ x: Int32, _ exponent: Int32) -> Int32 {
    let mask = Int32(truncatingIfNeeded: (Int64(1) &<< Int64(exponent)) &- 1)
    let remainder = x & mask
    let threshold = (mask &>> 1) &+ (x < 0 ? 1 : 0)
    return (x &>> exponent) &+ (remainder > threshold ? 1 : 0)
  }
}
