import OctetCore

/// Natural logarithm; −∞ at 0 and NaN below it.
///
/// **Types**: float32; int8 and int16 quantized.
///
/// **Quantization**: the real function rounded to the output's steps, for int16 by an
/// `InterpolatedTable`. Inputs of 0 and below give the lowest output.
///
/// **Source**: TFLite `elementwise::LogEval`.
public enum Log: FloatUnaryOperator {
  public static let identity = OperatorIdentity.builtin(.log)
  public static let vectorized: VectorFunction? = .logarithm
  public static let versions = 1...2
  public static let quantization = QuantizationRule.ownRange
  public static let quantizedTypes: Set<ElementType> = [.int8, .int16]

  public static func version(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    switch inputs.optional(0)?.type {
    case .int8, .int16: 2
    default: 1
    }
  }

  public static func quantized(
    input: TensorSpec, output: TensorSpec
  ) throws(OctetError) -> (Int32) -> Int32 {
    let (inputScale, inputZeroPoint) = try input.affine()
    let (outputScale, outputZeroPoint) = try output.affine()
    let range = output.type.quantizedRange
    let lowest = Float(range.lowerBound - Int(outputZeroPoint)) * outputScale
    func function(_ value: Float) -> Float {
      value <= 0 ? lowest : RealFunction.logarithm(value)
    }
    if input.type == .int16 {
      let table = InterpolatedTable(
        inputScale: inputScale, inputZeroPoint: inputZeroPoint, outputScale: outputScale,
        outputZeroPoint: outputZeroPoint, function)
      return { table($0) }
    }
    let stepsPerUnit = 1 / outputScale
    return { value in
      let steps = (function(inputScale * Float(value - inputZeroPoint)) * stepsPerUnit)
        .rounded(.toNearestOrAwayFromZero)
      return Int32(Int8(saturating: steps + Float(outputZeroPoint)))
    }
  }

  public static func apply(_ value: Float) -> Float { RealFunction.logarithm(value) }
}
