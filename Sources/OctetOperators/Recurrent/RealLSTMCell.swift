import OctetCore

/// An LSTM cell that computes in float32, its weights float32 or 8-bit integers.
///
/// ```
/// gate  = σ(W_x · x + W_a · a + W_h · h + w_c ∘ c + b)    for input, forget and output gate
/// new   = f(W_x · x + W_a · a + W_h · h + b)
/// c     = clip(forget ∘ c + input ∘ new)
/// h     = clip(W_p · (output ∘ f(c)) + b_p)               without a projection: output ∘ f(c)
/// ```
/// With layer normalization, sums are brought to mean 0 and variance 1 and scaled before `b` is
/// added. The output gate sees the new `c`, the others the old one.
///
/// **Source**: TFLite `lstm_eval::LstmStepFloat`, `LstmStepHybrid`.
struct RealLSTMCell: Sendable {
  private struct Gate {
    let weights: WeightMatrix
    let auxiliary: WeightMatrix?
    let recurrent: WeightMatrix
    let peephole: WeightVector?
    /// Which input holds the factors of layer normalization; nil without it.
    let normalization: Int?
    /// Which input holds the bias.
    let bias: Int
    /// Where the gate's values go.
    let values: ScratchRegion<Float>
  }

  let extents: LSTMExtents
  private let roles: LSTMInputs
  private let options: LSTMOptions
  /// Nil where it is one minus the forget gate.
  private let inputGate: Gate?
  private let forgetGate: Gate
  private let newValues: Gate
  private let outputGate: Gate
  private let projection: WeightMatrix?
  private let inputQuantizer: RowQuantizer?
  private let auxiliaryQuantizer: RowQuantizer?
  private let stateQuantizer: RowQuantizer?
  private let hiddenQuantizer: RowQuantizer?

  /// Checks the operands of a cell, and reserves scratch memory.
  ///
  /// - Parameter auxiliaryInputs: elements of the auxiliary input; 0 without one.
  /// - Throws: `.missingInput`, `.invalidShape`, `.unsupportedTypes`, `.invalidQuantization`,
  ///   `.malformedModel`.
  init(
    _ options: LSTMOptions, _ operands: Operands, _ roles: LSTMInputs, inputs: Int,
    auxiliaryInputs: Int = 0, batches: Int, _ layout: inout ScratchLayout
  ) throws(OctetError) {
    let extents = try LSTMExtents(
      operands, roles, inputs: inputs, auxiliaryInputs: auxiliaryInputs)
    self.extents = extents
    self.roles = roles
    self.options = options
    inputGate =
      extents.couplesInputAndForget
      ? nil : try Self.gate(.input, operands, roles, extents, &layout)
    forgetGate = try Self.gate(.forget, operands, roles, extents, &layout)
    newValues = try Self.gate(.cell, operands, roles, extents, &layout)
    outputGate = try Self.gate(.output, operands, roles, extents, &layout)
    let type = forgetGate.weights.type
    projection = try Self.projection(operands, roles, extents)
    guard projection == nil || projection?.type == type else {
      throw OctetError(
        .unsupportedTypes(operator: "projection weights", types: [type]))
    }
    func quantizer(_ count: Int) throws(OctetError) -> RowQuantizer? {
      try RowQuantizer.reserve(
        for: type, count: count, isAsymmetric: options.quantizesInputsAsymmetrically, &layout)
    }
    inputQuantizer = try quantizer(inputs)
    auxiliaryQuantizer = auxiliaryInputs == 0 ? nil : try quantizer(auxiliaryInputs)
    stateQuantizer = try quantizer(extents.outputs)
    hiddenQuantizer = projection == nil ? nil : try quantizer(extents.cells)
    try operands.required(roles.outputState, "output state")
      .expectState(.float32, elementCount: batches * extents.outputs, "output state")
    try operands.required(roles.cellState, "cell state")
      .expectState(.float32, elementCount: batches * extents.cells, "cell state")
  }

  private static func gate(
    _ gate: LSTMGate, _ operands: Operands, _ roles: LSTMInputs, _ extents: LSTMExtents,
    _ layout: inout ScratchLayout
  ) throws(OctetError) -> Gate {
    let (cells, offset) = (extents.cells, gate.rawValue)
    let weights = try WeightMatrix(
      operands, roles.inputWeights + offset, "weights of the \(gate) gate", rows: cells,
      columns: extents.inputs)
    let recurrent = try WeightMatrix(
      operands, roles.recurrentWeights + offset, "recurrent weights of the \(gate) gate",
      rows: cells, columns: extents.outputs)
    var auxiliary: WeightMatrix?
    if extents.auxiliaryInputs > 0, let first = roles.auxiliaryWeights {
      auxiliary = try WeightMatrix(
        operands, first + offset, "auxiliary weights of the \(gate) gate", rows: cells,
        columns: extents.auxiliaryInputs)
    }
    var peephole: WeightVector?
    if extents.hasPeepholes, let index = gate.peephole {
      peephole = try WeightVector(
        operands, roles.peepholeWeights + index, "peephole of the \(gate) gate", count: cells)
    }
    let types = [recurrent.type, auxiliary?.type, peephole?.type].compactMap { $0 }
    guard types.allSatisfy({ $0 == weights.type }) else {
      throw OctetError(
        .unsupportedTypes(operator: "\(gate) gate", types: [weights.type] + types))
    }
    let normalization = extents.hasNormalization ? roles.normalization.map { $0 + offset } : nil
    let bias = roles.biases + offset
    for index in [bias, normalization].compactMap({ $0 }) {
      try operands.expect(index, .float32, [cells], "bias or factors of the \(gate) gate")
    }
    return Gate(
      weights: weights, auxiliary: auxiliary, recurrent: recurrent, peephole: peephole,
      normalization: normalization, bias: bias,
      values: try layout.reserve(Float.self, count: cells))
  }

  private static func projection(
    _ operands: Operands, _ roles: LSTMInputs, _ extents: LSTMExtents
  ) throws(OctetError) -> WeightMatrix? {
    guard extents.hasProjection else { return nil }
    if operands.optional(roles.projectionBias) != nil {
      try operands.expect(
        roles.projectionBias, .float32, [extents.outputs], "bias of the projection")
    }
    return try WeightMatrix(
      operands, roles.projectionWeights, "projection weights", rows: extents.outputs,
      columns: extents.cells)
  }

  /// Computes one step of one sequence.
  ///
  /// - Parameters:
  ///   - input: `extents.inputs` values.
  ///   - auxiliary: `extents.auxiliaryInputs` values; nil without any.
  ///   - batch: which sequence's state to read and to change.
  ///   - output: `extents.outputs` values.
  func step(
    _ buffers: KernelBuffers, input: UnsafePointer<Float>, auxiliary: UnsafePointer<Float>?,
    batch: Int, output: UnsafeMutablePointer<Float>
  ) {
    let (cells, outputs) = (extents.cells, extents.outputs)
    guard let outputStates = buffers.variable(roles.outputState, as: Float.self).baseAddress,
      let cellStates = buffers.variable(roles.cellState, as: Float.self).baseAddress
    else { return }
    let outputState = outputStates + batch * outputs
    let cellState = cellStates + batch * cells
    let vectors = Vectors(
      input: RowVector(input, inputQuantizer, buffers),
      auxiliary: auxiliary.map { RowVector($0, auxiliaryQuantizer, buffers) },
      state: RowVector(outputState, stateQuantizer, buffers))
    let forget = compute(forgetGate, vectors, cellState, buffers, nil)
    let added = compute(newValues, vectors, cellState, buffers, options.activation)
    if let inputGate {
      let admitted = compute(inputGate, vectors, cellState, buffers, nil)
      for i in 0..<cells { cellState[i] = forget[i] * cellState[i] + added[i] * admitted[i] }
    } else {
      for i in 0..<cells {
        cellState[i] = forget[i] * cellState[i] + added[i] * (1 - forget[i])
      }
    }
    clip(cellState, count: cells, to: options.cellClip)
    let hidden = compute(outputGate, vectors, cellState, buffers, nil)
    activate(hidden, by: cellState, added, buffers)
    project(hidden, to: outputState, buffers)
    output.update(from: outputState, count: outputs)
  }

  private struct Vectors {
    let input: RowVector
    let auxiliary: RowVector?
    let state: RowVector
  }

  /// Multiplies a gate's values by the activated state.
  ///
  /// - Parameter room: memory that isn't needed any more.
  private func activate(
    _ hidden: UnsafeMutableBufferPointer<Float>, by cellState: UnsafeMutablePointer<Float>,
    _ room: UnsafeMutableBufferPointer<Float>, _ buffers: KernelBuffers
  ) {
    guard let activated = room.baseAddress else { return }
    activated.update(from: cellState, count: extents.cells)
    buffers.cellLoops.apply(options.activation, activated, count: extents.cells)
    for i in 0..<extents.cells { hidden[i] *= activated[i] }
  }

  /// The values of one gate, in its scratch memory.
  ///
  /// - Parameter activation: nil for the logistic function.
  private func compute(
    _ gate: Gate, _ vectors: Vectors, _ cellState: UnsafeMutablePointer<Float>,
    _ buffers: KernelBuffers, _ activation: Activation?
  ) -> UnsafeMutableBufferPointer<Float> {
    let buffer = buffers.scratch(gate.values)
    guard let values = buffer.baseAddress else { return buffer }
    let bias = buffers.input(gate.bias, as: Float.self)
    for i in 0..<extents.cells { values[i] = gate.normalization == nil ? bias[i] : 0 }
    gate.weights.accumulate(vectors.input, buffers, into: values)
    if let auxiliary = vectors.auxiliary {
      gate.auxiliary?.accumulate(auxiliary, buffers, into: values)
    }
    gate.recurrent.accumulate(vectors.state, buffers, into: values)
    gate.peephole?.accumulate(cellState, count: extents.cells, buffers, into: values)
    if let normalization = gate.normalization {
      normalize(values, buffers.input(normalization, as: Float.self), bias)
    }
    if let activation {
      buffers.cellLoops.apply(activation, values, count: extents.cells)
    } else {
      buffers.cellLoops.applyLogistic(values, count: extents.cells)
    }
    return buffer
  }

  /// **Source**: TFLite `tensor_utils::MeanStddevNormalization`.
  private func normalize(
    _ values: UnsafeMutablePointer<Float>, _ factors: UnsafeBufferPointer<Float>,
    _ bias: UnsafeBufferPointer<Float>
  ) {
    let count = extents.cells
    var sum: Float = 0
    for i in 0..<count { sum += values[i] }
    let mean = sum / Float(count)
    var squares: Float = 0
    for i in 0..<count { squares += (values[i] - mean) * (values[i] - mean) }
    let inverse = 1 / (squares / Float(count) + 1e-8).squareRoot()
    for i in 0..<count { values[i] = (values[i] - mean) * inverse * factors[i] + bias[i] }
  }

  private func project(
    _ hidden: UnsafeMutableBufferPointer<Float>, to output: UnsafeMutablePointer<Float>,
    _ buffers: KernelBuffers
  ) {
    guard let values = UnsafeBufferPointer(hidden).baseAddress else { return }
    guard let projection else {
      output.update(from: values, count: extents.outputs)
      return
    }
    let bias = buffers.input(roles.projectionBias, as: Float.self)
    for i in 0..<extents.outputs { output[i] = bias.isEmpty ? 0 : bias[i] }
    projection.accumulate(RowVector(values, hiddenQuantizer, buffers), buffers, into: output)
    clip(output, count: extents.outputs, to: options.projectionClip)
  }

  private func clip(_ values: UnsafeMutablePointer<Float>, count: Int, to bound: Float) {
    guard bound > 0 else { return }
    for i in 0..<count { values[i] = min(max(values[i], -bound), bound) }
  }
}
