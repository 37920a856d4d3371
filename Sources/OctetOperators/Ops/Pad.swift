import OctetCore
import OctetFormat

/// The input surrounded by zeros.
///
/// **Shapes**: input any; paddings `[rank, 2]` i32 or i64: elements before and after each axis.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes.
///
/// **Quantization**: integer outputs are padded with the output's zero point; elements are copied,
/// even where the output's scale differs.
///
/// **Source**: TFLite `reference_ops::Pad`.
public enum Pad: MovementOperator {
  public typealias Options = NoOptions

  public static let identity = OperatorIdentity.builtin(.pad)
  public static let versions = 1...6
  public static let quantization = QuantizationRule.copiesInput(0)

  public static func encode(_ options: Options) -> RawOptions { RawOptions("PadOptions") }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(2...2)
    return [try PaddingAmounts(inputs).outputSpec(inputs)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    try expectSameType(input, outputs[0])
    return try PaddingAmounts(inputs).plan(
      input: input, output: outputs[0], width: elementWidth(input),
      background: try background(outputs[0]))
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    PaddingAmounts.version(inputs)
  }

  /// The output's zero: its zero point where it is quantized.
  private static func background(
    _ output: TensorSpec
  ) throws(OctetError) -> MovementPlan.Background {
    switch output.type {
    case .uint8, .int8, .int16:
      guard let zeroPoint = output.quantization?.zeroPoint else { return .bits(0) }
      guard output.type.quantizedRange.contains(Int(zeroPoint)) else {
        throw OctetError(
          .invalidQuantization(reason: "zero point \(zeroPoint) is outside \(output.type)"))
      }
      return .bits(UInt64(bitPattern: zeroPoint))
    default:
      return .bits(0)
    }
  }
}
