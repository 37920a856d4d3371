import OctetCore

/// A number as tensors store it, with arithmetic that never traps: integers wrap.
protocol StoredNumber: BitwiseCopyable, Sendable {
  static var zero: Self { get }
  static var one: Self { get }

  /// The number nearest to an index; integers keep its low bits.
  init(index: Int)

  func negated() -> Self
  func absolute() -> Self
  func adding(_ other: Self) -> Self
  func subtracting(_ other: Self) -> Self
  func multiplied(by other: Self) -> Self
  /// Integers lose the fraction; division by 0 sets all bits.
  func divided(by other: Self) -> Self
  /// What division leaves, with the sign of `self`; `self` for integers divided by 0.
  func remainder(by other: Self) -> Self
  func raised(to exponent: Self) -> Self
  func isLess(than other: Self) -> Bool
  func isEqual(to other: Self) -> Bool
  /// As `isLess`, with −NaN < −∞ < … < −0 < 0 < … < ∞ < NaN for real numbers.
  func precedesInTotalOrder(_ other: Self) -> Bool
}

/// A number that stands for a real one.
protocol StoredReal: StoredNumber {
  init(real: Double)
  var real: Double { get }
}

/// A number of which each bit counts by itself.
protocol StoredBits: StoredNumber {
  func bitwiseAnd(_ other: Self) -> Self
  func bitwiseOr(_ other: Self) -> Self
}

extension StoredNumber {
  var isTrue: Bool { !isEqual(to: .zero) }

  init(truth: Bool) { self = truth ? .one : .zero }

  /// The other where it is larger, as `std::max`: `self` where either is NaN.
  func maximum(_ other: Self) -> Self { isLess(than: other) ? other : self }

  /// The other where it is smaller, as `std::min`: `self` where either is NaN.
  func minimum(_ other: Self) -> Self { other.isLess(than: self) ? other : self }
}
