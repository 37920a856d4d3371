import OctetCore
import OctetFormat

/// The input with a value between its elements.
///
/// **Shapes**: input of rank 1 or more; factors `[rank]` i32; value with one element. An axis of n
/// positions becomes one of `(n − 1) · factor + 1`.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes, factors int32.
///
/// **Quantization**: none; bytes are copied.
///
/// **Source**: TFLite `dilate::DilationRunner`.
public enum Dilate: MovementOperator {
  public typealias Options = NoOptions

  public static let identity = OperatorIdentity.builtin(.dilate)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.copiesInput(0)

  public static func encode(_ options: Options) -> RawOptions { RawOptions("DilateOptions") }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    [OutputSpec(try inputs.required(0, "input").type, try spread(inputs).output)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> MovementPlan {
    let input = try inputs.required(0, "input")
    let value = try inputs.required(2, "value between elements")
    try expectSameType(input, outputs[0])
    guard value.type == input.type else { throw unsupportedTypes(input, value) }
    guard value.shape.elementCount == 1 else {
      throw OctetError(
        .invalidShape(
          value.shape.dimensions, reason: "the value between elements must be one element"))
    }
    return try spread(inputs).plan(input, width: elementWidth(input), background: .input(2))
  }

  private static func spread(_ inputs: Operands) throws(OctetError) -> SpreadBox {
    try inputs.expectCount(3...3)
    let input = try inputs.required(0, "input").shape
    let factors = try inputs.required(1, "factors")
    guard input.rank > 0 else {
      throw OctetError(.invalidShape(input.dimensions, reason: "the rank must be 1 or more"))
    }
    guard factors.type == .int32 else { throw unsupportedTypes(factors) }
    let values = try inputs.constantIntegers(1, "factors")
    guard factors.shape.rank == 1, values.count == input.rank, values.allSatisfy({ $0 >= 1 })
    else { throw .option("dilations", values) }
    let margins = values.map { _ in 0 }
    return try SpreadBox(input, low: margins, high: margins, interior: values.map { $0 - 1 })
  }
}
