import OctetCore

/// The exponential linear unit of each element: x, or `e^x − 1` where x is negative.
///
/// **Types**: float32, int8.
///
/// **Quantization**: results are the float32 function's, rounded to the output's own scale.
///
/// **Source**: TFLite `activations::EluPrepare`.
public enum Elu: UnaryOperator {
  public typealias Options = NoOptions
  public typealias Plan = UnaryPlan

  public static let identity = OperatorIdentity.builtin(.elu)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.ownRange

  static func function(
    _ options: NoOptions, _ input: TensorSpec, _ output: TensorSpec
  ) throws(OctetError) -> UnaryPlan.Function? {
    let elu: @Sendable (Float) -> Float = { $0 < 0 ? RealFunction.exponentialMinusOne($0) : $0 }
    switch input.type {
    case .float32: return .float(elu, vectorized: .elu)
    case .int8: return try ByteTable(input: input, output: output, elu).map { .byte($0) }
    default: return nil
    }
  }

  public static func outputInterval(
    _ options: NoOptions, _ inputs: [RealInterval?]
  ) -> RealInterval? {
    inputs.first??.image { $0 < 0 ? RealFunction.exponentialMinusOne($0) : $0 }
  }
}
