import OctetCore
import OctetFormat

/// The dense form of a sparse constant.
///
/// Sparse constants become dense when a model is loaded, so this copies.
///
/// **Shapes**: input and output of the same shape.
///
/// **Types**: float32, float16, int8.
///
/// **Source**: TFLite `densify::Eval`.
public enum Densify: CopyOperator {
  public typealias Options = NoOptions

  public static let identity = OperatorIdentity.builtin(.densify)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.sameAsInput(0)

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    let input = try inputs.required(0, "input")
    return [OutputSpec(input.type, input.shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    guard [.float32, .float16, .int8].contains(input.type) else { throw unsupportedTypes(input) }
    return CopyPlan()
  }
}
