extension StoredNumber where Self: FixedWidthInteger {
  static var one: Self { 1 }

  init(index: Int) { self.init(truncatingIfNeeded: index) }

  func negated() -> Self { 0 &- self }
  func absolute() -> Self { self < 0 ? 0 &- self : self }
  func adding(_ other: Self) -> Self { self &+ other }
  func subtracting(_ other: Self) -> Self { self &- other }
  func multiplied(by other: Self) -> Self { self &* other }

  func divided(by other: Self) -> Self {
    // The lowest number divided by −1 wraps to itself.
    other == 0 ? ~0 : dividedReportingOverflow(by: other).partialValue
  }

  func remainder(by other: Self) -> Self {
    other == 0 ? self : remainderReportingOverflow(dividingBy: other).partialValue
  }

  func raised(to exponent: Self) -> Self {
    // A fraction is 0, save for bases whose powers are all whole.
    guard exponent >= 0 else {
      if self == 1 { return 1 }
      return Self.isSigned && self == ~0 ? (exponent & 1 == 0 ? 1 : self) : 0
    }
    var (result, square, rest): (Self, Self, Self) = (1, self, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result &*= square }
      square &*= square
      rest >>= 1
    }
    return result
  }

  func isLess(than other: Self) -> Bool { self < other }
  func isEqual(to other: Self) -> Bool { self == other }
  func precedesInTotalOrder(_ other: Self) -> Bool { self < other }
  func bitwiseAnd(_ other: Self) -> Self { self & other }
  func bitwiseOr(_ other: Self) -> Self { self | other }
}

extension Int8: StoredBits {}
extension Int16: StoredBits {}
extension Int32: StoredBits {}
extension Int64: StoredBits {}
extension UInt8: StoredBits {}
extension UInt16: StoredBits {}
extension UInt32: StoredBits {}
extension UInt64: StoredBits {}

/// A Boolean as tensors store it: a byte, of which any but 0 is true.
///
/// Sums and maxima are true where either is, products and minima where both are.
struct StoredTruth: StoredBits {
  private var byte: UInt8

  private init(_ truth: Bool) { byte = truth ? 1 : 0 }

  static var zero: StoredTruth { StoredTruth(false) }
  static var one: StoredTruth { StoredTruth(true) }

  init(index: Int) { self.init(index != 0) }

  private var truth: Bool { byte != 0 }

  func negated() -> Self { self }
  func absolute() -> Self { self }
  func adding(_ other: Self) -> Self { Self(truth || other.truth) }
  func subtracting(_ other: Self) -> Self { Self(truth != other.truth) }
  func multiplied(by other: Self) -> Self { Self(truth && other.truth) }
  func divided(by other: Self) -> Self { Self(truth || !other.truth) }
  func remainder(by other: Self) -> Self { Self(truth && !other.truth) }
  func raised(to exponent: Self) -> Self { Self(truth || !exponent.truth) }
  func isLess(than other: Self) -> Bool { !truth && other.truth }
  func isEqual(to other: Self) -> Bool { truth == other.truth }
  func precedesInTotalOrder(_ other: Self) -> Bool { isLess(than: other) }
  func bitwiseAnd(_ other: Self) -> Self { multiplied(by: other) }
  func bitwiseOr(_ other: Self) -> Self { adding(other) }
}
