import OctetCore
import OctetFormat

/// One step of an LSTM cell, in the full or in the basic form.
///
/// **Shapes**: full: input `[N, I]`, output `[N, O]`; weights `[C, I]`, recurrent weights `[C, O]`,
/// projection `[O, C]`, vectors `[C]`; 20 inputs, or 24 with layer normalization. Basic: input `[N, I]`,
/// output state `[N, C]`, weights `[4C, I + C]`, bias `[4C]`, cell state `[N, C]`; four outputs.
///
/// **Types**: full: float32, with float32 or 8-bit weights; int8 with an int16 state. Output and cell
/// state are variable tensors. Basic: see `BasicLSTMCell`.
///
/// **Quantization**: see `RealLSTMCell`, `IntegerLSTMCell`, `CoupledIntegerLSTMCell`.
///
/// **Source**: TFLite `ops::builtin::lstm`.
public enum LSTM: OperatorDefinition {
  /// The fields of `LSTMOptions`.
  public struct Options: Hashable, Sendable {
    /// What each step computes.
    public var cell: LSTMOptions
    /// Whether all gates have one matrix, as early converters wrote it.
    public var isBasic: Bool

    /// Options.
    public init(cell: LSTMOptions = LSTMOptions(), isBasic: Bool = false) {
      self.cell = cell
      self.isBasic = isBasic
    }
  }

  /// The cell, checked.
  public struct Plan: CellLoopsUser {
    fileprivate enum Form {
      case full(LSTMPlan)
      case basic(BasicLSTMCell)
    }

    fileprivate let form: Form
  }

  public static let identity = OperatorIdentity.builtin(.lstm)
  public static let versions = 1...4
  public static let quantization = QuantizationRule.floatOnly

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "LSTMOptions")
    let kernel = try table.integer("kernel_type", default: 0)
    guard kernel == 0 || kernel == 1 else {
      throw OctetError(.invalidOption(name: "kernel_type", value: "\(kernel)"))
    }
    return Options(cell: try LSTMOptions(table), isBasic: kernel == 1)
  }

  public static func encode(_ options: Options) -> RawOptions {
    var fields = options.cell.fields
    fields["kernel_type"] = .integer(options.isBasic ? 1 : 0)
    return RawOptions("LSTMOptions", fields)
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    if options.isBasic { return try BasicLSTMCell.outputs(inputs) }
    try LSTMPlan.checkInputCount(inputs)
    return [try LSTMPlan.output(inputs, SequenceLayout(step: inputs.required(0, "input")))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    if options.isBasic { return Plan(form: .basic(try BasicLSTMCell(inputs, outputs))) }
    return Plan(
      form: .full(
        try LSTMPlan(
          options.cell, inputs, output: outputs[0],
          SequenceLayout(step: inputs.required(0, "input")), allowsCoupledForm: true)))
  }

  public static func scratchByteCount(_ plan: Plan) -> Int {
    if case .full(let plan) = plan.form { plan.scratchByteCount } else { 0 }
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    if options.cell.quantizesInputsAsymmetrically { return 4 }
    if inputs.optional(2)?.type != inputs.optional(0)?.type { return 3 }
    return options.isBasic ? 2 : 1
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.form {
    case .full(let plan): plan.run(buffers)
    case .basic(let cell): cell.run(buffers)
    }
  }
}
