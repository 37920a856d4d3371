import OctetCore

/// Each element, or 0 where it is negative.
///
/// **Types**: float32, uint8, int8, int16.
///
/// **Quantization**: see `ClampingUnit`; converters give the output the input's scale.
///
/// **Source**: TFLite `activations::ReluEval`.
public enum Relu: UnaryOperator {
  public typealias Options = NoOptions
  public typealias Plan = UnaryPlan

  public static let identity = OperatorIdentity.builtin(.relu)
  public static let versions = 1...3
  public static let quantization = QuantizationRule.sameAsInput(0)

  static func function(
    _ options: NoOptions, _ input: TensorSpec, _ output: TensorSpec
  ) throws(OctetError) -> UnaryPlan.Function? {
    try ClampingUnit(minimum: 0, maximum: nil).function(input, output, allowsInt16: true)
  }

  public static func version(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    switch inputs.optional(0)?.type {
    case .int16: 3
    case .int8, .uint8: 2
    default: 1
    }
  }
}
