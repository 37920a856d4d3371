import OctetCore

/// The logistic function, `1 / (1 + e^-x)`, of each element.
///
/// **Types**: float32, uint8, int8, int16.
///
/// **Quantization**: the output's scale is 1/256 with the lowest element as zero point for 8 bits, and
/// 1/32768 for int16. 8-bit results are the float32 function's, rounded; 16-bit results lie on the
/// lines between 256 samples.
///
/// **Source**: TFLite `activations::SigmoidPrepare`, `reference_integer_ops::Logistic`.
public enum Logistic: UnaryOperator {
  public typealias Options = NoOptions
  public typealias Plan = UnaryPlan

  public static let identity = OperatorIdentity.builtin(.logistic)
  public static let versions = 1...3
  public static let quantization = QuantizationRule.fixed(scale: 1.0 / 256, zeroPoint: 0)

  static func function(
    _ options: NoOptions, _ input: TensorSpec, _ output: TensorSpec
  ) throws(OctetError) -> UnaryPlan.Function? {
    switch input.type {
    case .float32:
      return .float(RealFunction.logistic, vectorized: .logistic)
    case .uint8, .int8:
      try output.expect(scale: 1.0 / 256)
      return try ByteTable(input: input, output: output, RealFunction.logistic).map { .byte($0) }
    case .int16:
      try output.expect(scale: 1.0 / 32768, zeroPoint: 0)
      let function = SigmoidFunction.logistic(
        SigmoidInput(scale: try input.symmetricScale(), directShifts: 0...0))
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
