import OctetCore

/// Each element clamped to −1...1.
///
/// **Types**: float32, uint8, int8.
///
/// **Quantization**: see `ClampingUnit`; converters give the output the input's scale.
///
/// **Source**: TFLite `activations::Relu1Eval`.
public enum ReluN1To1: UnaryOperator {
  public typealias Options = NoOptions
  public typealias Plan = UnaryPlan

  public static let identity = OperatorIdentity.builtin(.reluN1To1)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.sameAsInput(0)

  static func function(
    _ options: NoOptions, _ input: TensorSpec, _ output: TensorSpec
  ) throws(OctetError) -> UnaryPlan.Function? {
    try ClampingUnit(minimum: -1, maximum: 1).function(input, output)
  }
}
