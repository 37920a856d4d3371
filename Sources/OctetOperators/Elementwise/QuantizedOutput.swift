import OctetCore

/// The last step of a quantized function: requantize, add the zero point, clamp.
public struct QuantizedOutput: Hashable, Sendable {
  package private(set) var multiplier: QuantizedMultiplier
  package private(set) var zeroPoint: Int32
  package private(set) var minimum: Int32
  package private(set) var maximum: Int32

  /// Checks the output's quantization.
  ///
  /// - Parameter factor: what one step of the accumulator is in steps of the output.
  /// - Throws: `.invalidQuantization`, `.invalidOption` as `Activation.quantizedBounds`.
  public init(
    _ output: TensorSpec, activation: Activation, factor: Double
  ) throws(OctetError) {
    multiplier = try QuantizedMultiplier(factor)
    zeroPoint = try output.affine().zeroPoint
    (minimum, maximum) = try activation.quantizedBounds(output)
  }

  /// The output's value for an accumulator.
  @inline(__always)
  package func callAsFunction(_ accumulator: Int32) -> Int32 {
    min(max(multiplier.multiply(accumulator) &+ zeroPoint, minimum), maximum)
  }
}
