import OctetCore
import OctetFormat

/// An LSTM cell over a sequence.
///
/// **Shapes**: input `[T, N, I]` (time-major) or `[N, T, I]`, output the same with O in place of I;
/// weights `[C, I]`, recurrent weights `[C, O]`, projection `[O, C]`, vectors `[C]`; 20 inputs, or 24
/// with layer normalization. Output state `[N, O]` and cell state `[N, C]` are variable tensors.
///
/// **Types**: float32, with float32 or 8-bit weights; int8 with an int16 state.
///
/// **Quantization**: see `RealLSTMCell`, `IntegerLSTMCell`.
///
/// **Source**: TFLite `ops::builtin::unidirectional_sequence_lstm`.
public enum UnidirectionalSequenceLSTM: OperatorDefinition {
  /// The fields of `UnidirectionalSequenceLSTMOptions`.
  public struct Options: Hashable, Sendable {
    /// What each step computes.
    public var cell: LSTMOptions
    /// Whether time is the first dimension.
    public var isTimeMajor: Bool

    /// Options.
    public init(cell: LSTMOptions = LSTMOptions(), isTimeMajor: Bool = false) {
      self.cell = cell
      self.isTimeMajor = isTimeMajor
    }
  }

  /// The cell and the sequence, checked.
  public struct Plan: CellLoopsUser {
    fileprivate let cell: LSTMPlan
  }

  public static let identity = OperatorIdentity.builtin(.unidirectionalSequenceLstm)
  public static let versions = 1...3
  public static let quantization = QuantizationRule.floatOnly

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "UnidirectionalSequenceLSTMOptions")
    return Options(
      cell: try LSTMOptions(table), isTimeMajor: try table.boolean("time_major", default: false))
  }

  public static func encode(_ options: Options) -> RawOptions {
    var fields = options.cell.fields
    fields["time_major"] = .integer(options.isTimeMajor ? 1 : 0)
    return RawOptions("UnidirectionalSequenceLSTMOptions", fields)
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try LSTMPlan.checkInputCount(inputs)
    return [try LSTMPlan.output(inputs, layout(options, inputs))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    Plan(
      cell: try LSTMPlan(
        options.cell, inputs, output: outputs[0], layout(options, inputs),
        allowsCoupledForm: false))
  }

  public static func scratchByteCount(_ plan: Plan) -> Int { plan.cell.scratchByteCount }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    if options.cell.quantizesInputsAsymmetrically { return 3 }
    return inputs.optional(2)?.type == .float32 ? 1 : 2
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    plan.cell.run(buffers)
  }

  private static func layout(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> SequenceLayout {
    try SequenceLayout(
      sequences: inputs.required(0, "input"), isTimeMajor: options.isTimeMajor)
  }
}
