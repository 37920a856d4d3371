import OctetCore

/// Differences between 8-bit elements and their row's largest, as exponents in Q5.26.
///
/// Exponentials are summed up in Q12.19, so that rows may be a few thousand elements long.
package struct SoftmaxArithmetic: Hashable, Sendable {
  /// Integer bits of the exponents.
  static let exponentBits: Int32 = 5
  /// Integer bits of the sum of exponentials.
  static let sumBits: Int32 = 12

  /// From element differences to exponents.
  let multiplier: QuantizedMultiplier
  /// Differences below have no exponent in range: their exponential counts as 0.
  package let lowestDifference: Int32

  /// The arithmetic of `exp(beta · s_in · difference)`.
  ///
  /// - Throws: `.invalidQuantization` where `beta · s_in` is below 2^-26 or not a number.
  /// - Source: TFLite `PreprocessSoftmaxScaling`, `CalculateInputRadius`.
  init(beta: Double, inputScale: Float) throws(OctetError) {
    let fractionBits = 31 - Self.exponentBits
    let factor = beta * Double(inputScale) * Double(1 << fractionBits)
    guard factor > 1 else {
      throw OctetError(
        .invalidQuantization(reason: "an exponent of \(beta) · \(inputScale) for each step"))
    }
    guard factor < 0x1p30 else {
      // One step down is beyond the range: only the largest elements count, with exponent 0.
      multiplier = QuantizedMultiplier(mantissaQ31: 0, exponent: 0)
      lowestDifference = 0
      return
    }
    multiplier = try QuantizedMultiplier(factor)
    let limit = ((1 << Self.exponentBits) - 1) << fractionBits
    lowestDifference = -Int32(clamping: limit >> Int(multiplier.exponent))
  }

  /// The exponent of a difference at or above `lowestDifference`.
  @inline(__always)
  package func exponent(_ difference: Int32) -> Int32 { multiplier.multiply(difference) }

  /// `exp` of an exponent, in Q0.31.
  @inline(__always)
  package func exponential(_ exponent: Int32) -> Int32 {
    FixedPoint.exponential(ofNegative: exponent, integerBits: Self.exponentBits)
  }

  /// The sum of exponentials of a row, in Q`sumBits`.
  func sum<Element: QuantizedElement>(
    _ row: UnsafePointer<Element>, depth: Int, largest: Int32
  ) -> Int32 {
    var sum: Int32 = 0
    for i in 0..<depth {
      let difference = Int32(truncatingIfNeeded: row[i]) - largest
      guard difference >= lowestDifference else { continue }
      sum &+= term(difference)
    }
    return sum
  }

  /// What an element adds to the sum of exponentials.
  @inline(__always)
  func term(_ difference: Int32) -> Int32 {
    FixedPoint.roundingDivideByPowerOfTwo(exponential(exponent(difference)), Self.sumBits)
  }
}
