import OctetCore

/// Elements of another type.
///
/// **Types**: float16, float32, float64, bool and integers of 8 to 64 bits, to any of these; values
/// that don't fit become what `CAST` makes of them.
///
/// **Source**: the StableHLO specification, `convert`, which leaves such values open.
public enum StableHLOConvert: StableHLOOperator {
  public typealias Options = NoOptions
  public typealias Plan = Cast.Plan

  public static let identity = OperatorIdentity.builtin(.stablehloConvert)

  public static func inferOutputs(
    _ options: NoOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    let input = try inputs.required(0, "input")
    return [OutputSpec(try inputs.declaredOutputType(), input.shape)]
  }

  public static func prepare(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    return try Cast.prepare(
      Cast.Options(from: input.type, to: outputs[0].type), inputs, outputs)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    Cast.reference(plan, buffers)
  }
}
