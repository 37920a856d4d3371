import OctetCore
import OctetFormat

/// The input surrounded by a given value.
///
/// **Shapes**: input any; paddings `[rank, 2]` i32 or i64; value one element of the input's type.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes.
///
/// **Quantization**: integer values must have the output's scale and zero point; elements are
/// copied, even where the output's scale differs from the input's.
///
/// **Source**: TFLite `reference_ops::Pad`.
public enum PadV2: MovementOperator {
  public typealias Options = NoOptions

  public static let identity = OperatorIdentity.builtin(.padv2)
  public static let versions = 1...6
  public static let quantization = QuantizationRule.sharedByAll

  public static func encode(_ options: Options) -> RawOptions { RawOptions("PadV2Options") }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(3...3)
    return [try PaddingAmounts(inputs).outputSpec(inputs)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    let value = try inputs.required(2, "value")
    try expectSameType(input, outputs[0])
    try expectSameType(input, value)
    guard value.shape.elementCount == 1 else {
      throw OctetError(
        .invalidShape(value.shape.dimensions, reason: "the padding value must be one element"))
    }
    switch input.type {
    case .uint8: try expectSameQuantization(value, outputs[0])
    case .int8, .int16:
      if input.quantization != nil { try expectSameQuantization(value, outputs[0]) }
    default: break
    }
    return try PaddingAmounts(inputs).plan(
      input: input, output: outputs[0], width: elementWidth(input), background: .input(2))
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    PaddingAmounts.version(inputs)
  }
}
