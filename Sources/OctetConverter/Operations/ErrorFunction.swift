import OctetCore
import OctetOperators

/// The Gaussian error function of each element; exists only while converting.
///
/// `IdentifyGelu` knows it as a part of GELU; what remains becomes arithmetic, see
/// `ExpandErrorFunction`, which also computes it where the input is constant.
///
/// **Types**: float32.
///
/// **Source**: TensorFlow `Erf`.
public enum ErrorFunction: OperatorDefinition {
  public typealias Options = NoOptions
  public typealias Plan = NoOptions

  public static let identity = OperatorIdentity.custom("Erf")
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly
  public static let isRepeatable = false

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    let x = try inputs.required(0, "x")
    guard x.type == .float32 else {
      throw OctetError(.unsupportedTypes(operator: name, types: [x.type]))
    }
    return [OutputSpec(x.type, x.shape)]
  }

  /// - Throws: always: the function is expanded before anything computes it.
  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> NoOptions {
    throw OctetError(.unsupportedOperator(name: name))
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int { 1 }

  public static func reference(_ plan: NoOptions, _ buffers: KernelBuffers) {}
}
