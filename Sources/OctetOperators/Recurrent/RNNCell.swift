import OctetCore
import OctetFormat

/// What the options of all RNN operators have in common.
public struct RNNOptions: Hashable, Sendable {
  /// What is applied to the sums.
  public var activation: Activation
  /// Whether float inputs to integer weights are quantized around a zero point.
  public var quantizesInputsAsymmetrically: Bool

  /// RNN options.
  public init(activation: Activation = .tanh, quantizesInputsAsymmetrically: Bool = false) {
    self.activation = activation
    self.quantizesInputsAsymmetrically = quantizesInputsAsymmetrically
  }

  /// Reads the fields that the tables of all RNN operators have.
  ///
  /// - Throws: `.invalidOption`.
  init(_ table: OptionsTable) throws(OctetError) {
    activation = try table.enumeration("fused_activation_function", default: .none)
    quantizesInputsAsymmetrically = try table.boolean("asymmetric_quantize_inputs", default: false)
  }

  /// The fields in a file's form.
  var fields: [String: OptionsTable.Value] {
    [
      "fused_activation_function": .integer(Int64(activation.rawValue)),
      "asymmetric_quantize_inputs": .integer(quantizesInputsAsymmetrically ? 1 : 0),
    ]
  }
}

/// A simple recurrent cell: `h = f(W_x · x + W_a · a + W_h · h + b)`.
///
/// **Types**: float32, with float32 or 8-bit weights.
///
/// **Source**: TFLite `kernel_utils::RnnBatchStep`.
struct RNNCell: Sendable {
  /// Which inputs of the operator hold the parts of a cell.
  struct Inputs: Hashable, Sendable {
    var weights: Int
    var recurrentWeights: Int
    var bias: Int
    var state: Int
    /// Nil where the operator has no auxiliary input.
    var auxiliaryWeights: Int?

    /// The inputs of `RNN` and `UNIDIRECTIONAL_SEQUENCE_RNN`.
    static let unidirectional = Inputs(weights: 1, recurrentWeights: 2, bias: 3, state: 4)
    /// The forward cell of `BIDIRECTIONAL_SEQUENCE_RNN`.
    static let forward = Inputs(
      weights: 1, recurrentWeights: 2, bias: 3, state: 4, auxiliaryWeights: 10)
    /// The backward cell of `BIDIRECTIONAL_SEQUENCE_RNN`.
    static let backward = Inputs(
      weights: 5, recurrentWeights: 6, bias: 7, state: 8, auxiliaryWeights: 11)
  }

  let units: Int
  private let roles: Inputs
  private let activation: Activation
  private let weights: WeightMatrix
  private let recurrent: WeightMatrix
  private let auxiliary: WeightMatrix?
  private let inputQuantizer: RowQuantizer?
  private let stateQuantizer: RowQuantizer?
  private let auxiliaryQuantizer: RowQuantizer?

  /// The units of a cell, from its weights.
  ///
  /// - Throws: `.missingInput`, `.invalidShape`.
  static func units(_ operands: Operands, _ roles: Inputs) throws(OctetError) -> Int {
    let shape = try operands.required(roles.weights, "weights").shape
    guard shape.rank == 2, shape[0] > 0 else {
      throw OctetError(
        .invalidShape(shape.dimensions, reason: "weights must have rank 2 and not be empty"))
    }
    return shape[0]
  }

  /// Checks the operands of a cell, and reserves scratch memory.
  ///
  /// - Throws: `.missingInput`, `.invalidShape`, `.unsupportedTypes`, `.invalidQuantization`,
  ///   `.malformedModel`.
  init(
    _ options: RNNOptions, _ operands: Operands, _ roles: Inputs, inputs: Int,
    auxiliaryInputs: Int = 0, batches: Int, _ layout: inout ScratchLayout
  ) throws(OctetError) {
    let units = try Self.units(operands, roles)
    self.units = units
    self.roles = roles
    activation = options.activation
    weights = try WeightMatrix(
      operands, roles.weights, "weights", rows: units, columns: inputs)
    recurrent = try WeightMatrix(
      operands, roles.recurrentWeights, "recurrent weights", rows: units, columns: units)
    if auxiliaryInputs > 0, let index = roles.auxiliaryWeights {
      auxiliary = try WeightMatrix(
        operands, index, "auxiliary weights", rows: units, columns: auxiliaryInputs)
    } else {
      auxiliary = nil
    }
    let types = [weights.type, recurrent.type] + (auxiliary.map { [$0.type] } ?? [])
    guard Set(types).count == 1 else {
      throw OctetError(.unsupportedTypes(operator: "weights", types: types))
    }
    try operands.expect(roles.bias, .float32, [units], "bias")
    try operands.required(roles.state, "state")
      .expectState(.float32, elementCount: batches * units, "state")
    let isAsymmetric = options.quantizesInputsAsymmetrically
    inputQuantizer = try RowQuantizer.reserve(
      for: weights.type, count: inputs, isAsymmetric: isAsymmetric, &layout)
    stateQuantizer = try RowQuantizer.reserve(
      for: weights.type, count: units, isAsymmetric: isAsymmetric, &layout)
    auxiliaryQuantizer =
      auxiliaryInputs == 0
      ? nil
      : try RowQuantizer.reserve(
        for: weights.type, count: auxiliaryInputs, isAsymmetric: isAsymmetric, &layout)
  }

  /// Computes one step of one sequence.
  func step(
    _ buffers: KernelBuffers, input: UnsafePointer<Float>,
    auxiliary auxiliaryInput: UnsafePointer<Float>?, batch: Int,
    output: UnsafeMutablePointer<Float>
  ) {
    guard let states = buffers.variable(roles.state, as: Float.self).baseAddress else { return }
    let state = states + batch * units
    let bias = buffers.input(roles.bias, as: Float.self)
    for unit in 0..<units { output[unit] = bias[unit] }
    weights.accumulate(RowVector(input, inputQuantizer, buffers), buffers, into: output)
    if let auxiliary, let auxiliaryInput {
      auxiliary.accumulate(
        RowVector(auxiliaryInput, auxiliaryQuantizer, buffers), buffers, into: output)
    }
    recurrent.accumulate(RowVector(state, stateQuantizer, buffers), buffers, into: output)
    buffers.cellLoops.apply(activation, output, count: units)
    state.update(from: output, count: units)
  }
}

/// A cell over a sequence: what the kernels of `RNN` and `UNIDIRECTIONAL_SEQUENCE_RNN` need.
public struct RNNPlan: CellLoopsUser {
  private let layout: SequenceLayout
  private let cell: RNNCell
  let scratchByteCount: Int

  /// The type and shape of the output.
  ///
  /// - Throws: `.wrongCount`, `.missingInput`, `.invalidShape`.
  static func output(_ operands: Operands) throws(OctetError) -> OutputSpec {
    try operands.expectCount(5...5)
    let input = try operands.required(0, "input")
    let units = try RNNCell.units(operands, .unidirectional)
    return OutputSpec(input.type, try Shape(input.shape.dimensions.dropLast() + [units]))
  }

  /// Checks the operands.
  ///
  /// - Throws: what the cell finds wrong.
  init(
    _ options: RNNOptions, _ operands: Operands, _ layout: SequenceLayout
  ) throws(OctetError) {
    let input = try operands.required(0, "input")
    guard input.type == .float32 else {
      throw OctetError(.unsupportedTypes(operator: "input", types: [input.type]))
    }
    var scratch = ScratchLayout()
    self.layout = layout
    cell = try RNNCell(
      options, operands, .unidirectional, inputs: layout.depth, batches: layout.batches,
      &scratch)
    scratchByteCount = scratch.byteCount
  }

  /// Runs all steps.
  func run(_ buffers: KernelBuffers) {
    guard let input = buffers.input(0, as: Float.self).baseAddress,
      let output = buffers.output(0, as: Float.self).baseAddress
    else { return }
    layout.forEachStep { row, batch in
      cell.step(
        buffers, input: input + row * layout.depth, auxiliary: nil, batch: batch,
        output: output + row * cell.units)
    }
  }
}
