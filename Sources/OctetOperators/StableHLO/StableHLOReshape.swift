import OctetCore

/// The same elements in the same order under the shape that the model declares for the output.
///
/// **Types**: all.
///
/// **Source**: the StableHLO specification, `reshape`.
public enum StableHLOReshape: CopyOperator, StableHLOOperator {
  public typealias Options = NoOptions

  public static let identity = OperatorIdentity.builtin(.stablehloReshape)
  public static let quantization = QuantizationRule.sameAsInput(0)

  public static func inferOutputs(
    _ options: NoOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    let input = try inputs.required(0, "input")
    let shape = try inputs.declaredOutputShape()
    guard shape.elementCount == input.shape.elementCount else {
      throw OctetError(
        .invalidShape(shape.dimensions, reason: "the input has shape \(input.shape)"))
    }
    return [OutputSpec(input.type, shape)]
  }

  public static func prepare(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    try expectSameType(try inputs.required(0, "input"), outputs[0])
    return CopyPlan()
  }
}
