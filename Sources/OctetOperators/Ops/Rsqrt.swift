import OctetCore

/// Reciprocal square root; ∞ at 0 and NaN below it.
///
/// **Types**: float32; int8 and int16 quantized.
///
/// **Quantization**: int8 by fixed-point Newton iteration, rescaled by `1 / (√s_in · s_out)` with
/// the root in float32; int16 by an `InterpolatedTable`. Inputs of 0 give the highest output, and
/// so do negative ones, at which the source stops with an error while it runs.
///
/// **Source**: TFLite `elementwise::RsqrtEval`.
public enum Rsqrt: FloatUnaryOperator {
  public static let identity = OperatorIdentity.builtin(.rsqrt)
  public static let vectorized: VectorFunction? = .reciprocalSquareRoot
  public static let versions = 1...3
  public static let quantization = QuantizationRule.ownRange
  public static let quantizedTypes: Set<ElementType> = [.int8, .int16]

  public static func version(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    switch inputs.optional(0)?.type {
    case .int16: 3
    case .int8: 2
    default: 1
    }
  }

  public static func quantized(
    input: TensorSpec, output: TensorSpec
  ) throws(OctetError) -> (Int32) -> Int32 {
    let (inputScale, inputZeroPoint) = try input.affine()
    let (outputScale, outputZeroPoint) = try output.affine()
    if input.type == .int16 {
      let highest = Float(Int16.max) * outputScale
      let table = InterpolatedTable(
        inputScale: inputScale, inputZeroPoint: inputZeroPoint, outputScale: outputScale,
        outputZeroPoint: outputZeroPoint
      ) { $0 <= 0 ? highest : 1 / $0.squareRoot() }
      return { table($0) }
    }
    let maximum = Int32(output.type.quantizedRange.upperBound)
    let minimum = Int32(output.type.quantizedRange.lowerBound)
    let rescale = try QuantizedMultiplier(1 / Double(inputScale.squareRoot() * outputScale))
    // Twenty fractional bits between the two multiplications.
    let fractionBits: Int32 = 20
    let narrowed = QuantizedMultiplier(
      mantissaQ31: rescale.mantissaQ31, exponent: rescale.exponent - fractionBits)
    return { stored in
      let value = stored - inputZeroPoint
      guard value > 0 else { return maximum }
      let root = FixedPoint.inverseSquareRoot(value)
      let widened = QuantizedMultiplier(
        mantissaQ31: root.mantissaQ31, exponent: root.exponent + fractionBits)
      let result = narrowed.multiply(widened.multiply(Int32(1))) &+ outputZeroPoint
      return min(max(result, minimum), maximum)
    }
  }

  public static func apply(_ value: Float) -> Float { 1 / value.squareRoot() }
}
