import OctetCore

/// Zeros in the shape and type of a tensor.
///
/// **Types**: float32, int32, int64.
///
/// **Source**: TFLite `zeros_like::Eval`.
public enum ZerosLike: OperatorDefinition {
  public typealias Options = NoOptions

  /// The bytes to clear.
  public struct Plan: Sendable {
    var byteCount: Int
  }

  public static let identity = OperatorIdentity.builtin(.zerosLike)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly

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
    guard input.type == outputs[0].type, [.float32, .int32, .int64].contains(input.type),
      let byteCount = input.type.byteCount(elements: input.shape.elementCount)
    else { throw unsupportedTypes(input, outputs[0]) }
    return Plan(byteCount: byteCount)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let output = buffers.outputBytes(0)
    for i in 0..<plan.byteCount { output[i] = 0 }
  }
}
