import OctetCore

extension StoredNumber where Self: BinaryFloatingPoint, Self.Magnitude == Self {
  static var one: Self { 1 }

  init(index: Int) { self.init(index) }

  func negated() -> Self { -self }
  func absolute() -> Self { magnitude }
  func adding(_ other: Self) -> Self { self + other }
  func subtracting(_ other: Self) -> Self { self - other }
  func multiplied(by other: Self) -> Self { self * other }
  func divided(by other: Self) -> Self { self / other }
  func remainder(by other: Self) -> Self { truncatingRemainder(dividingBy: other) }
  func isLess(than other: Self) -> Bool { self < other }
  func isEqual(to other: Self) -> Bool { self == other }

  func precedesInTotalOrder(_ other: Self) -> Bool {
    !other.isTotallyOrdered(belowOrEqualTo: self)
  }
}

extension StoredReal {
  func raised(to exponent: Self) -> Self {
    Self(real: RealFunction.power(real, exponent.real))
  }
}

extension Float: StoredReal {
  init(real: Double) { self.init(real) }
  var real: Double { Double(self) }
}

extension Double: StoredReal {
  init(real: Double) { self = real }
  var real: Double { self }
}

/// A half-precision number as tensors store it; each operation is one of float32, rounded.
struct StoredHalf: StoredReal {
  private var bits: UInt16

  private init(_ value: Float) { bits = value.halfBits }

  static var zero: StoredHalf { StoredHalf(0) }
  static var one: StoredHalf { StoredHalf(1) }

  init(index: Int) { self.init(Float(index)) }
  init(real: Double) { self.init(Float(real)) }

  private var value: Float { Float(halfBits: bits) }
  var real: Double { Double(value) }

  func negated() -> Self { Self(-value) }
  func absolute() -> Self { Self(value.magnitude) }
  func adding(_ other: Self) -> Self { Self(value + other.value) }
  func subtracting(_ other: Self) -> Self { Self(value - other.value) }
  func multiplied(by other: Self) -> Self { Self(value * other.value) }
  func divided(by other: Self) -> Self { Self(value / other.value) }
  func remainder(by other: Self) -> Self { Self(value.remainder(by: other.value)) }
  func isLess(than other: Self) -> Bool { value < other.value }
  func isEqual(to other: Self) -> Bool { value == other.value }
  func precedesInTotalOrder(_ other: Self) -> Bool { value.precedesInTotalOrder(other.value) }
}
