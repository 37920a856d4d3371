import OctetCore

/// The number of dimensions of a tensor.
///
/// **Types**: input of any type; the output is an int32 scalar.
///
/// **Source**: TFLite `rank::Prepare`.
public enum Rank: OperatorDefinition {
  public typealias Options = NoOptions

  /// The number of dimensions.
  public struct Plan: Sendable {
    var rank: Int
  }

  public static let identity = OperatorIdentity.builtin(.rank)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.notReal

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    return [OutputSpec(.int32, .scalar)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    guard outputs[0].type == .int32 else { throw unsupportedTypes(outputs[0]) }
    return Plan(rank: try inputs.required(0, "input").shape.rank)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    buffers.output(0, as: Int32.self)[0] = Int32(truncatingIfNeeded: plan.rank)
  }
}
