import OctetCore

/// Two quantized inputs brought to one scale, so that their integers can be added or compared.
///
/// `input ↦ round((input − zeroPoint) · 2^leftShift · scale / (2 · largerScale))`
///
/// **Quantization**: doubled larger scale keeps both multipliers at most ½; the left shift keeps
/// the low bits that the multiplication would lose.
///
/// **Source**: TFLite `add::Prepare`, which SUB and SQUARED_DIFFERENCE share.
public struct RescaledPair: Hashable, Sendable {
  package private(set) var leftOffset: Int32
  package private(set) var rightOffset: Int32
  package private(set) var leftMultiplier: QuantizedMultiplier
  package private(set) var rightMultiplier: QuantizedMultiplier
  package private(set) var leftShift: Int32
  /// The real number that one step of a rescaled value stands for, times `2^leftShift`.
  public let doubledScale: Double

  /// Checks scales and zero points, and computes the multipliers.
  ///
  /// - Throws: `.invalidQuantization`.
  public init(
    _ left: TensorSpec, _ right: TensorSpec, leftShift: Int32
  ) throws(OctetError) {
    let (leftScale, leftZeroPoint) = try left.affine()
    let (rightScale, rightZeroPoint) = try right.affine()
    doubledScale = 2 * Double(max(leftScale, rightScale))
    leftOffset = -leftZeroPoint
    rightOffset = -rightZeroPoint
    leftMultiplier = try QuantizedMultiplier(Double(leftScale) / doubledScale)
    rightMultiplier = try QuantizedMultiplier(Double(rightScale) / doubledScale)
    self.leftShift = leftShift
  }

  /// Both inputs at their common scale.
  @inline(__always)
  func callAsFunction(_ left: Int32, _ right: Int32) -> (left: Int32, right: Int32) {
    (
      leftMultiplier.multiply((left &+ leftOffset) &<< leftShift),
      rightMultiplier.multiply((right &+ rightOffset) &<< leftShift)
    )
  }
}
