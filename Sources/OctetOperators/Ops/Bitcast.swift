import OctetCore

/// The bytes of a tensor read as another type.
///
/// **Shapes**: the input's, where elements are as wide; with one more axis at the end where they are
/// narrower; without the last, whose elements become one, where they are wider.
///
/// **Types**: the output's as the model declares it; all types of whole bytes.
///
/// **Source**: TFLite `bitcast::CalculateShape`.
public enum Bitcast: CopyOperator {
  public typealias Options = NoOptions

  public static let identity = OperatorIdentity.builtin(.bitcast)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly

  public static func encode(_ options: Options) -> RawOptions { RawOptions("BitcastOptions") }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    let input = try inputs.required(0, "input")
    let type = try inputs.declaredOutputType()
    guard let from = input.type.bitWidth, let to = type.bitWidth, from % 8 == 0, to % 8 == 0 else {
      throw OctetError(.unsupportedTypes(operator: name, types: [input.type, type]))
    }
    if from == to { return [OutputSpec(type, input.shape)] }
    if from > to {
      return [OutputSpec(type, try Shape(input.shape.dimensions + [from / to]))]
    }
    guard input.shape.dimensions.last == to / from else {
      throw OctetError(
        .invalidShape(
          input.shape.dimensions, reason: "the last axis must have \(to / from) elements"))
    }
    return [OutputSpec(type, try Shape(input.shape.dimensions.dropLast()))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> CopyPlan { CopyPlan() }
}
