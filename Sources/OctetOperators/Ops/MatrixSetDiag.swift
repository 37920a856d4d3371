import OctetCore

/// Matrices with their diagonals replaced.
///
/// **Shapes**: matrices `[…, m, n]`, diagonals `[…, min(m, n)]`, output `[…, m, n]`.
///
/// **Types**: any type of 1, 2, 4 or 8 bytes.
///
/// **Quantization**: none; elements are copied.
///
/// **Source**: TFLite `matrix_set_diag::FillDiagImpl`.
public enum MatrixSetDiag: MovementOperator {
  public typealias Options = NoOptions

  public static let identity = OperatorIdentity.builtin(.matrixSetDiag)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly

  public static func encode(_ options: Options) -> RawOptions { RawOptions("MatrixSetDiagOptions") }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(2...2)
    let input = try inputs.required(0, "matrices")
    guard input.shape.rank >= 2 else {
      throw OctetError(
        .invalidShape(input.shape.dimensions, reason: "matrices must have rank 2 or more"))
    }
    return [OutputSpec(input.type, input.shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> MovementPlan {
    let input = try inputs.required(0, "matrices")
    let diagonal = try inputs.required(1, "diagonals")
    try expectSameType(input, outputs[0])
    try expectSameType(diagonal, outputs[0])
    let width = try elementWidth(input)
    var plan = try MovementPlan(copying: input, input: 0, width: width)
    plan.steps.append(
      MovementPlan.Step(
        input: 1,
        copy: try StridedCopy(
          diagonals: diagonal.shape.elementCount, ofMatrices: outputs[0].shape)))
    return plan
  }
}
