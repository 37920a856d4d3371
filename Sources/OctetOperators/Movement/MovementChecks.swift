import OctetCore

extension OperatorDefinition {
  /// The width of elements that this operator moves.
  ///
  /// - Throws: `.unsupportedTypes` for 4-bit and 128-bit elements.
  static func elementWidth(_ spec: TensorSpec) throws(OctetError) -> ElementWidth {
    guard let width = ElementWidth(spec.type) else { throw unsupportedTypes(spec) }
    return width
  }

  /// Checks that a moved tensor keeps its element type.
  ///
  /// - Throws: `.unsupportedTypes`.
  static func expectSameType(_ input: TensorSpec, _ output: TensorSpec) throws(OctetError) {
    guard input.type == output.type else { throw unsupportedTypes(input, output) }
  }

  /// Checks that input and output map integers to real numbers alike.
  ///
  /// Tensors without a scale, or with one for each channel, count as scale 0 and zero point 0.
  ///
  /// - Throws: `.invalidQuantization`.
  static func expectSameQuantization(
    _ input: TensorSpec, _ output: TensorSpec
  ) throws(OctetError) {
    guard
      input.quantization?.scale ?? 0 == output.quantization?.scale ?? 0,
      input.quantization?.zeroPoint ?? 0 == output.quantization?.zeroPoint ?? 0
    else {
      throw OctetError(
        .invalidQuantization(
          reason: "'\(input.name)' and '\(output.name)' must have the same scale and zero point"))
    }
  }
}
