import OctetCore

/// The scale and zero point that represent an interval, the scale not yet rounded to float32.
///
/// **Quantization**: `scale = (max − min) / steps` in double; the zero point is computed from the
/// bound that loses less precision, then rounded, halves away from zero, and clamped. Real 0 is
/// always exactly representable.
///
/// **Source**: TFLite `ChooseQuantizationParams`.
package struct AffineParameters: Hashable, Sendable {
  /// The real value of one step.
  package let scale: Double
  /// The integer that stands for 0.
  package let zeroPoint: Int
  /// The integers in use; the type's lowest is left out where the range is narrow.
  package let steps: ClosedRange<Int>

  /// Chooses parameters.
  ///
  /// - Parameters:
  ///   - minimum: at most 0.
  ///   - maximum: at least 0.
  ///   - type: an integer type of 8 or 16 bits.
  /// - Throws: `.invalidQuantization` where bounds are not finite, exclude 0 or coincide, or where
  ///   float32 can't hold the scale.
  package init(
    minimum: Double, maximum: Double, type: ElementType, isNarrow: Bool
  ) throws(OctetError) {
    let all = type.quantizedRange
    try self.init(
      minimum: minimum, maximum: maximum,
      steps: (all.lowerBound + (isNarrow ? 1 : 0))...all.upperBound)
  }

  /// Chooses parameters for integers in `steps`; otherwise as `init(minimum:maximum:type:isNarrow:)`.
  init(minimum: Double, maximum: Double, steps: ClosedRange<Int>) throws(OctetError) {
    self.steps = steps
    guard minimum <= 0, maximum >= 0, minimum.isFinite, maximum.isFinite else {
      throw OctetError(
        .invalidQuantization(reason: "[\(minimum), \(maximum)] is no finite interval around 0"))
    }
    guard minimum < maximum else {
      throw OctetError(
        .invalidQuantization(
          reason: "the range is [\(minimum), \(maximum)]: one value can't be given a scale"))
    }
    let lowest = Double(steps.lowerBound)
    let highest = Double(steps.upperBound)
    scale = (maximum - minimum) / (highest - lowest)
    guard Float(scale).isFinite, Float(scale) >= .leastNormalMagnitude else {
      throw OctetError(
        .invalidQuantization(reason: "[\(minimum), \(maximum)] has a scale of \(scale)"))
    }
    let fromMinimum = lowest - minimum / scale
    let fromMaximum = highest - maximum / scale
    let errorFromMinimum = abs(lowest) + abs(minimum / scale)
    let errorFromMaximum = abs(highest) + abs(maximum / scale)
    let exact = errorFromMinimum < errorFromMaximum ? fromMinimum : fromMaximum
    zeroPoint = Int(
      min(max(exact, lowest), highest).rounded(.toNearestOrAwayFromZero))
  }

  /// In the form that files store.
  package var quantization: Quantization {
    Quantization(scale: Float(scale), zeroPoint: Int64(zeroPoint))
  }

  /// The real values of the lowest and highest integer of `type`.
  func representableInterval(of type: ElementType) -> (minimum: Double, maximum: Double) {
    let all = type.quantizedRange
    return (
      Double(all.lowerBound - zeroPoint) * scale, Double(all.upperBound - zeroPoint) * scale
    )
  }
}

/// The conversion of real values to integers, `q = round(zeroPoint + value · (1 / scale))` in
/// double, halves away from zero, saturated; NaN becomes 0.
///
/// **Source**: TOCO `QuantizeBuffer`.
struct ValueQuantizer<Element: FixedWidthInteger> {
  private let inverseScale: Double
  private let zeroPoint: Double
  private let lowest: Double
  private let highest = Double(Element.max)

  /// - Parameter isNarrow: whether the type's lowest integer is replaced by the next.
  init(scale: Double, zeroPoint: Int, isNarrow: Bool) {
    inverseScale = 1 / scale
    self.zeroPoint = Double(zeroPoint)
    lowest = Double(isNarrow ? Element.min + 1 : Element.min)
  }

  /// The nearest integer.
  @inline(__always)
  func callAsFunction(_ value: Float) -> Element {
    let exact = zeroPoint + inverseScale * Double(value)
    guard exact == exact else { return 0 }
    let clamped = min(max(exact, lowest), highest)
    return Element(truncatingIfNeeded: Int64(roundingHalfAwayFromZero: clamped))
  }

  /// Whether a value lies beyond the type's integers by more than rounding explains.
  @inline(__always)
  func saturates(_ value: Float) -> Bool {
    let exact = zeroPoint + inverseScale * Double(value)
    return !(exact > Double(Element.min) - 1 && exact < Double(Element.max) + 1)
  }
}
