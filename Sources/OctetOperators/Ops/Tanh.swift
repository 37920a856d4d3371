import OctetCore

/// The hyperbolic tangent of each element.
///
/// **Types**: float32, uint8, int8, int16.
///
/// **Quantization**: converters give uint8 outputs scale 1/128 and zero point 128; int16 outputs must
/// have 1/32768. 8-bit results are the float32 function's, rounded; 16-bit results come from the
/// logistic function's samples, as `tanh(x) = 2 · logistic(2x) − 1`.
///
/// **Source**: TFLite `activations::TanhPrepare`, `reference_integer_ops::Tanh`.
public enum Tanh: UnaryOperator {
  public typealias Options = NoOptions
  public typealias Plan = UnaryPlan

  public static let identity = OperatorIdentity.builtin(.tanh)
  public static let versions = 1...3
  public static let quantization = QuantizationRule.fixed(scale: 1.0 / 128, zeroPoint: 128)

  static func function(
    _ options: NoOptions, _ input: TensorSpec, _ output: TensorSpec
  ) throws(OctetError) -> UnaryPlan.Function? {
    switch input.type {
    case .float32:
      return .float(RealFunction.hyperbolicTangent, vectorized: .hyperbolicTangent)
    case .uint8, .int8:
      return try ByteTable(input: input, output: output, RealFunction.hyperbolicTangent)
        .map { .byte($0) }
    case .int16:
      try output.expect(scale: 1.0 / 32768, zeroPoint: 0, tolerance: 1e-3)
      let function = SigmoidFunction.hyperbolicTangent(
        SigmoidInput(scale: try input.symmetricScale(), directShifts: 0...1))
      return .int16({ function($0) }, vectorized: .sigmoid(function))
    default:
      return nil
    }
  }

  public static func version(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    OperatorVersions.byType(inputs, int8: 2, int16: 3)
  }
}
