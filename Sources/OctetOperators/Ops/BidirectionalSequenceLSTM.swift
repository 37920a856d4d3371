import OctetCore
import OctetFormat

/// Two LSTM cells over a sequence, one from the first step to the last and one the other way.
///
/// **Shapes**: input `[T, N, I]` (time-major) or `[N, T, I]`; outputs the same with the cells' outputs
/// in place of I, joined into one tensor where `mergesOutputs`; 48 inputs, see `LSTMInputs`. An
/// auxiliary input has the same T and N, see `AuxiliaryInput`. States are variable tensors.
///
/// **Types**: float32, with float32 or 8-bit weights.
///
/// **Source**: TFLite `ops::builtin::bidirectional_sequence_lstm`. With merged outputs and sequences
/// outside, it loses its place in the states of all but the first; here each keeps its own.
public enum BidirectionalSequenceLSTM: OperatorDefinition {
  /// The fields of `BidirectionalSequenceLSTMOptions`.
  public struct Options: Hashable, Sendable {
    /// What each step computes.
    public var cell: LSTMOptions
    /// Whether both directions write to one output.
    public var mergesOutputs: Bool
    /// Whether time is the first dimension.
    public var isTimeMajor: Bool

    /// Options.
    public init(
      cell: LSTMOptions = LSTMOptions(), mergesOutputs: Bool = false, isTimeMajor: Bool = true
    ) {
      self.cell = cell
      self.mergesOutputs = mergesOutputs
      self.isTimeMajor = isTimeMajor
    }
  }

  /// The cells and the sequence, checked.
  public struct Plan: CellLoopsUser {
    fileprivate let layout: SequenceLayout
    fileprivate let auxiliary: AuxiliaryInput
    fileprivate let outputs: BidirectionalOutputs
    fileprivate let forward: RealLSTMCell
    fileprivate let backward: RealLSTMCell
    fileprivate let scratchByteCount: Int
  }

  private static let auxiliaryInput = 39

  public static let identity = OperatorIdentity.builtin(.bidirectionalSequenceLstm)
  public static let versions = 1...3
  public static let quantization = QuantizationRule.floatOnly

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "BidirectionalSequenceLSTMOptions")
    return Options(
      cell: try LSTMOptions(table),
      mergesOutputs: try table.boolean("merge_outputs", default: false),
      isTimeMajor: try table.boolean("time_major", default: true))
  }

  public static func encode(_ options: Options) -> RawOptions {
    var fields = options.cell.fields
    fields["merge_outputs"] = .integer(options.mergesOutputs ? 1 : 0)
    fields["time_major"] = .integer(options.isTimeMajor ? 1 : 0)
    return RawOptions("BidirectionalSequenceLSTMOptions", fields)
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(48...48)
    let input = try inputs.required(0, "input")
    let layout = try layout(options, input)
    return try outputs(
      options, forward: LSTMExtents(inputs, .forward, inputs: layout.depth),
      backward: LSTMExtents(inputs, .backward, inputs: layout.depth)
    ).specs(input)
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    guard input.type == .float32 else { throw unsupportedTypes(input) }
    let layout = try layout(options, input)
    let forget = LSTMGate.forget.rawValue
    let auxiliary = try AuxiliaryInput(
      inputs, index: auxiliaryInput,
      weights: [LSTMInputs.forward, .backward].compactMap { roles in
        roles.auxiliaryWeights.map { $0 + forget }
      }, input: input)
    var scratch = ScratchLayout()
    func cell(_ roles: LSTMInputs) throws(OctetError) -> RealLSTMCell {
      try RealLSTMCell(
        options.cell, inputs, roles, inputs: layout.depth, auxiliaryInputs: auxiliary.depth,
        batches: layout.batches, &scratch)
    }
    let forward = try cell(.forward)
    let backward = try cell(.backward)
    return Plan(
      layout: layout, auxiliary: auxiliary,
      outputs: Self.outputs(options, forward: forward.extents, backward: backward.extents),
      forward: forward, backward: backward, scratchByteCount: scratch.byteCount)
  }

  public static func scratchByteCount(_ plan: Plan) -> Int { plan.scratchByteCount }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    if options.cell.quantizesInputsAsymmetrically { return 3 }
    return options.isTimeMajor ? 1 : 2
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let layout = plan.layout
    guard let input = buffers.input(0, as: Float.self).baseAddress,
      let backwardInput = buffers.input(plan.auxiliary.backwardInput, as: Float.self).baseAddress
    else { return }
    let auxiliary =
      plan.auxiliary.depth == 0
      ? nil : buffers.input(auxiliaryInput, as: Float.self).baseAddress
    layout.forEachStep { row, batch in
      guard let output = plan.outputs.forwardRow(row, buffers) else { return }
      plan.forward.step(
        buffers, input: input + row * layout.depth,
        auxiliary: auxiliary.map { $0 + row * plan.auxiliary.depth }, batch: batch,
        output: output)
    }
    layout.forEachStep(isReversed: true) { row, batch in
      guard let output = plan.outputs.backwardRow(row, buffers) else { return }
      plan.backward.step(
        buffers, input: backwardInput + row * layout.depth,
        auxiliary: auxiliary.map { $0 + row * plan.auxiliary.depth }, batch: batch,
        output: output)
    }
  }

  private static func layout(
    _ options: Options, _ input: TensorSpec
  ) throws(OctetError) -> SequenceLayout {
    try SequenceLayout(sequences: input, isTimeMajor: options.isTimeMajor)
  }

  private static func outputs(
    _ options: Options, forward: LSTMExtents, backward: LSTMExtents
  ) -> BidirectionalOutputs {
    BidirectionalOutputs(
      isMerged: options.mergesOutputs, forward: forward.outputs, backward: backward.outputs)
  }
}
