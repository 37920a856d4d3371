import OctetCore
import OctetFormat

/// Two simple recurrent cells over a sequence, one from the first step to the last and one the other
/// way.
///
/// **Shapes**: input `[T, N, I]` (time-major) or `[N, T, I]`; for each cell weights `[U, I]`, recurrent
/// weights `[U, U]` and bias `[U]`; outputs as the input with U in place of I, joined into one tensor
/// where `mergesOutputs`. An auxiliary input has the same T and N, see `AuxiliaryInput`. The states
/// `[N, U]` are variable tensors.
///
/// **Types**: float32, with float32 or 8-bit weights.
///
/// **Quantization**: with 8-bit weights, rows are quantized while the operator runs.
///
/// **Source**: TFLite `ops::builtin::bidirectional_sequence_rnn`.
public enum BidirectionalSequenceRNN: OperatorDefinition {
  /// The fields of `BidirectionalSequenceRNNOptions`.
  public struct Options: Hashable, Sendable {
    /// What each step computes.
    public var cell: RNNOptions
    /// Whether both directions write to one output.
    public var mergesOutputs: Bool
    /// Whether time is the first dimension.
    public var isTimeMajor: Bool

    /// Options.
    public init(
      cell: RNNOptions = RNNOptions(), mergesOutputs: Bool = false, isTimeMajor: Bool = false
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
    fileprivate let forward: RNNCell
    fileprivate let backward: RNNCell
    fileprivate let scratchByteCount: Int
  }

  private static let auxiliaryInput = 9

  public static let identity = OperatorIdentity.builtin(.bidirectionalSequenceRnn)
  public static let versions = 1...3
  public static let quantization = QuantizationRule.floatOnly

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "BidirectionalSequenceRNNOptions")
    return Options(
      cell: try RNNOptions(table),
      mergesOutputs: try table.boolean("merge_outputs", default: false),
      isTimeMajor: try table.boolean("time_major", default: false))
  }

  public static func encode(_ options: Options) -> RawOptions {
    var fields = options.cell.fields
    fields["merge_outputs"] = .integer(options.mergesOutputs ? 1 : 0)
    fields["time_major"] = .integer(options.isTimeMajor ? 1 : 0)
    return RawOptions("BidirectionalSequenceRNNOptions", fields)
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(12...12)
    return try outputs(options, inputs).specs(inputs.required(0, "input"))
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    guard input.type == .float32 else { throw unsupportedTypes(input) }
    let layout = try SequenceLayout(sequences: input, isTimeMajor: options.isTimeMajor)
    let auxiliary = try AuxiliaryInput(
      inputs, index: auxiliaryInput,
      weights: [RNNCell.Inputs.forward, .backward].compactMap(\.auxiliaryWeights), input: input)
    var scratch = ScratchLayout()
    func cell(_ roles: RNNCell.Inputs) throws(OctetError) -> RNNCell {
      try RNNCell(
        options.cell, inputs, roles, inputs: layout.depth, auxiliaryInputs: auxiliary.depth,
        batches: layout.batches, &scratch)
    }
    let forward = try cell(.forward)
    let backward = try cell(.backward)
    return Plan(
      layout: layout, auxiliary: auxiliary, outputs: try Self.outputs(options, inputs),
      forward: forward, backward: backward, scratchByteCount: scratch.byteCount)
  }

  public static func scratchByteCount(_ plan: Plan) -> Int { plan.scratchByteCount }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    if options.cell.quantizesInputsAsymmetrically { return 3 }
    return inputs.optional(1)?.type == .float32 ? 1 : 2
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

  private static func outputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> BidirectionalOutputs {
    BidirectionalOutputs(
      isMerged: options.mergesOutputs, forward: try RNNCell.units(inputs, .forward),
      backward: try RNNCell.units(inputs, .backward))
  }
}
