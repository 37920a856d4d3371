extension Int64 {
  /// `value` rounded to the nearest integer, halves away from zero, without a call of the C library.
  ///
  /// - Precondition: `value` is within ±2^62. The fraction is exact, so that unlike with
  ///   `truncate(value + 0.5)` no value just below a half is rounded up.
  @inlinable @inline(__always)
  public init(roundingHalfAwayFromZero value: Double) {
    let whole = Int64(value)
    let fraction = value - Double(whole)
    self = whole &+ (fraction >= 0.5 ? 1 : 0) &- (fraction <= -0.5 ? 1 : 0)
  }
}
