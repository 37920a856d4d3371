import OctetCore
import OctetFormat

/// One step of a simple recurrent cell.
///
/// **Shapes**: input `[N, I]`, weights `[U, I]`, recurrent weights `[U, U]`, bias `[U]`, output
/// `[N, U]`. The state `[N, U]` is a variable tensor.
///
/// **Types**: float32, with float32 or 8-bit weights.
///
/// **Quantization**: with 8-bit weights, rows are quantized while the operator runs.
///
/// **Source**: TFLite `ops::builtin::rnn`.
public enum RNN: OperatorDefinition {
  public typealias Options = RNNOptions
  public typealias Plan = RNNPlan

  public static let identity = OperatorIdentity.builtin(.rnn)
  public static let versions = 1...3
  public static let quantization = QuantizationRule.floatOnly

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    try RNNOptions(raw.table(named: "RNNOptions"))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("RNNOptions", options.fields)
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    [try RNNPlan.output(inputs)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    try RNNPlan(options, inputs, SequenceLayout(step: inputs.required(0, "input")))
  }

  public static func scratchByteCount(_ plan: Plan) -> Int { plan.scratchByteCount }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    if options.quantizesInputsAsymmetrically { return 3 }
    return inputs.optional(1)?.type == .float32 ? 1 : 2
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    plan.run(buffers)
  }
}
