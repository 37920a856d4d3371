import OctetCore

/// Square matrices with given diagonals, zero elsewhere.
///
/// **Shapes**: diagonals `[…, n]`, output `[…, n, n]`.
///
/// **Types**: any type of 1, 2, 4 or 8 bytes.
///
/// **Quantization**: none; zeros are zero bytes, whatever the zero point.
///
/// **Source**: TFLite `matrix_diag::FillDiagImpl`.
public enum MatrixDiag: MovementOperator {
  public typealias Options = NoOptions

  public static let identity = OperatorIdentity.builtin(.matrixDiag)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly

  public static func encode(_ options: Options) -> RawOptions { RawOptions("MatrixDiagOptions") }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    let input = try inputs.required(0, "diagonals")
    guard let extent = input.shape.dimensions.last else {
      throw OctetError(.invalidShape([], reason: "diagonals must have rank 1 or more"))
    }
    return [OutputSpec(input.type, try Shape(input.shape.dimensions + [extent]))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> MovementPlan {
    let input = try inputs.required(0, "diagonals")
    try expectSameType(input, outputs[0])
    let diagonals = try StridedCopy(
      diagonals: input.shape.elementCount, ofMatrices: outputs[0].shape)
    return MovementPlan(
      width: try elementWidth(input), background: .bits(0), steps: [.init(copy: diagonals)])
  }
}
