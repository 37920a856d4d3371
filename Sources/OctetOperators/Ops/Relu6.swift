import OctetCore

/// Each element clamped to 0...6.
///
/// **Types**: float32, uint8, int8, int16.
///
/// **Quantization**: see `ClampingUnit`; converters give the output the input's scale.
///
/// **Source**: TFLite `activations::Relu6Eval`.
public enum Relu6: UnaryOperator {
  public typealias Options = NoOptions
  public typealias Plan = UnaryPlan

  public static let identity = OperatorIdentity.builtin(.relu6)
  public static let versions = 1...3
  public static let quantization = QuantizationRule.sameAsInput(0)

  static func function(
    _ options: NoOptions, _ input: TensorSpec, _ output: TensorSpec
  ) throws(OctetError) -> UnaryPlan.Function? {
    try ClampingUnit(minimum: 0, maximum: 6).function(input, output, allowsInt16: true)
  }

  public static func version(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    OperatorVersions.byType(inputs, int8: 2, int16: 3)
  }
}
