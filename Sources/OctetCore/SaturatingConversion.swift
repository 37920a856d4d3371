extension FixedWidthInteger {
  /// The integer part of a real number, or the nearest integer of this type; 0 for NaN.
  @inlinable @inline(__always)
  public init<Real: BinaryFloatingPoint>(saturating value: Real) {
    // The bounds convert to powers of two at least as far out, so `<` and `>=` decide exactly.
    if value >= Real(Self.max) {
      self = .max
    } else if value < Real(Self.min) {
      self = .min
    } else {
      self = value.isNaN ? 0 : Self(value)
    }
  }
}
