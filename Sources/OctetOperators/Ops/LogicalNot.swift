import OctetCore

/// The opposite of each Boolean.
///
/// **Types**: bool.
///
/// **Source**: TFLite `elementwise::LogicalNotEval`.
public enum LogicalNot: OperatorDefinition {
  public typealias Options = NoOptions

  /// The number of elements.
  public struct Plan: Sendable {
    var count: Int
  }

  public static let identity = OperatorIdentity.builtin(.logicalNot)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.notReal

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    return [OutputSpec(.bool, try inputs.required(0, "input").shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    guard input.type == .bool, outputs[0].type == .bool else {
      throw unsupportedTypes(input, outputs[0])
    }
    return Plan(count: input.shape.elementCount)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let input = buffers.input(0, as: UInt8.self)
    let output = buffers.output(0, as: UInt8.self)
    for i in 0..<plan.count { output[i] = input[i] == 0 ? 1 : 0 }
  }
}
