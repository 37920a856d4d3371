import OctetCore
import OctetFormat

/// A simple recurrent cell over a sequence.
///
/// **Shapes**: input `[T, N, I]` (time-major) or `[N, T, I]`, weights `[U, I]`, recurrent weights
/// `[U, U]`, bias `[U]`, output as the input with U in place of I. The state `[N, U]` is a variable
/// tensor.
///
/// **Types**: float32, with float32 or 8-bit weights.
///
/// **Quantization**: with 8-bit weights, rows are quantized while the operator runs.
///
/// **Source**: TFLite `ops::builtin::unidirectional_sequence_rnn`.
public enum UnidirectionalSequenceRNN: OperatorDefinition {
  /// The fields of `SequenceRNNOptions`.
  public struct Options: Hashable, Sendable {
    /// What each step computes.
    public var cell: RNNOptions
    /// Whether time is the first dimension.
    public var isTimeMajor: Bool

    /// Options.
    public init(cell: RNNOptions = RNNOptions(), isTimeMajor: Bool = false) {
      self.cell = cell
      self.isTimeMajor = isTimeMajor
    }
  }

  public typealias Plan = RNNPlan

  public static let identity = OperatorIdentity.builtin(.unidirectionalSequenceRnn)
  public static let versions = 1...3
  public static let quantization = QuantizationRule.floatOnly

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "SequenceRNNOptions")
    return Options(
      cell: try RNNOptions(table), isTimeMajor: try table.boolean("time_major", default: false))
  }

  public static func encode(_ options: Options) -> RawOptions {
    var fields = options.cell.fields
    fields["time_major"] = .integer(options.isTimeMajor ? 1 : 0)
    return RawOptions("SequenceRNNOptions", fields)
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    [try RNNPlan.output(inputs)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    try RNNPlan(
      options.cell, inputs,
      SequenceLayout(sequences: inputs.required(0, "input"), isTimeMajor: options.isTimeMajor))
  }

  public static func scratchByteCount(_ plan: Plan) -> Int { plan.scratchByteCount }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    if options.cell.quantizesInputsAsymmetrically { return 3 }
    return inputs.optional(1)?.type == .float32 ? 1 : 2
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    plan.run(buffers)
  }
}
