import OctetCore

/// The exponential function of each element.
///
/// **Types**: float32, int8, int16.
///
/// **Quantization**: results are the float32 function's, rounded to the output's own scale; int16
/// results lie on the lines between 513 samples.
///
/// **Source**: TFLite `exp::Prepare`.
public enum Exp: UnaryOperator {
  public typealias Options = NoOptions
  public typealias Plan = UnaryPlan

  public static let identity = OperatorIdentity.builtin(.exp)
  public static let versions = 1...2
  public static let quantization = QuantizationRule.ownRange

  static func function(
    _ options: NoOptions, _ input: TensorSpec, _ output: TensorSpec
  ) throws(OctetError) -> UnaryPlan.Function? {
    switch input.type {
    case .float32:
      return .float(RealFunction.exponential, vectorized: .exponential)
    case .int16:
      let table = InterpolatedTable(
        inputScale: try input.symmetricScale(), inputZeroPoint: 0,
        outputScale: try output.symmetricScale(), outputZeroPoint: 0, RealFunction.exponential)
      return .int16({ Int16(truncatingIfNeeded: table(Int32($0))) }, vectorized: .table(table))
    case .int8:
      return try ByteTable(input: input, output: output, RealFunction.exponential)
        .map { .byte($0) }
    default:
      return nil
    }
  }

  public static func outputInterval(
    _ options: NoOptions, _ inputs: [RealInterval?]
  ) -> RealInterval? {
    inputs.first??.image { RealFunction.exponential($0) }
  }

  public static func version(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    OperatorVersions.byType(inputs, int8: 2, int16: 2)
  }
}
