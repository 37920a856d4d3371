import OctetCore

/// An LSTM cell with 8-bit weights and activations, and a 16-bit state whose scale is a power of two.
///
/// **Quantization**: gates and the activated state are in Q0.15. Five intermediate tensors carry
/// scales: those of the four gates' sums, which count with layer normalization only, and scale and
/// zero point of what the projection multiplies.
///
/// **Source**: TFLite `lstm_eval::LstmStepInteger8x8_16`, `PopulateQuantizedLstmParams8x8_16`.
struct IntegerLSTMCell: Sendable {
  private struct Projection {
    let multiplier: QuantizedMultiplier
    /// Lanes of what the projection multiplies.
    let lanes: ScratchRegion<Int16>
    let sums: ScratchRegion<Int32>
    let zeroPoint: Int32
    let hasBias: Bool
    /// 0 for none.
    let clip: Int32
  }

  let extents: LSTMExtents
  private let roles: LSTMInputs
  /// Nil where it is one minus the forget gate.
  private let inputGate: IntegerLSTMGate?
  private let forgetGate: IntegerLSTMGate
  private let newValues: IntegerLSTMGate
  private let outputGate: IntegerLSTMGate
  private let projection: Projection?
  private let inputLanes: ScratchRegion<Int16>
  private let stateLanes: ScratchRegion<Int16>
  /// The hyperbolic tangents of the cells' state.
  private let activated: ScratchRegion<Int16>
  private let inputZeroPoint: Int32
  private let outputZeroPoint: Int32
  private let cellExponent: Int
  /// 0 for none.
  private let cellClip: Int16
  /// From the products of output gate and activated state to 8 bits.
  private let hiddenMultiplier: QuantizedMultiplier
  private let hiddenZeroPoint: Int32

  /// Checks the operands of a cell, computes its multipliers, and reserves scratch memory.
  ///
  /// - Throws: `.missingInput`, `.invalidShape`, `.unsupportedTypes`, `.invalidQuantization`,
  ///   `.malformedModel`.
  init(
    _ options: LSTMOptions, _ operands: Operands, _ roles: LSTMInputs, input: TensorSpec,
    inputs: Int, output: TensorSpec, batches: Int, _ layout: inout ScratchLayout
  ) throws(OctetError) {
    let extents = try LSTMExtents(operands, roles, inputs: inputs)
    self.extents = extents
    self.roles = roles
    let outputState = try operands.required(roles.outputState, "output state")
    try outputState.expectState(
      .int8, elementCount: batches * extents.outputs, "output state")
    let cellState = try operands.required(roles.cellState, "cell state")
    try cellState.expectState(.int16, elementCount: batches * extents.cells, "cell state")
    let (inputScale, inputZeroPoint) = try input.affine()
    let (outputScale, outputZeroPoint) = try outputState.affine()
    self.inputZeroPoint = inputZeroPoint
    self.outputZeroPoint = outputZeroPoint
    let cellExponent = try Self.exponent(
      of: cellState, couplesGates: extents.couplesInputAndForget)
    self.cellExponent = cellExponent
    let intermediates = try Self.intermediates(operands)
    func gate(_ gate: LSTMGate) throws(OctetError) -> IntegerLSTMGate {
      try IntegerLSTMGate(
        gate, operands, roles, extents,
        IntegerLSTMGate.Scales(
          input: inputScale, outputState: outputScale, cellExponent: cellExponent,
          sum: extents.hasNormalization ? intermediates[gate.rawValue].scale : 1 / 4096),
        &layout)
    }
    inputGate = extents.couplesInputAndForget ? nil : try gate(.input)
    forgetGate = try gate(.forget)
    newValues = try gate(.cell)
    outputGate = try gate(.output)
    let hidden = intermediates[4]
    let unit = Double(sign: .plus, exponent: -15, significand: 1)
    hiddenMultiplier = try QuantizedMultiplier(
      Double(Float(unit / Double(hidden.scale) * unit)))
    // The source stores what it projects at minus its zero point.
    hiddenZeroPoint = extents.hasProjection ? -hidden.zeroPoint : hidden.zeroPoint
    cellClip = Int16(saturating: options.cellClip / (try cellState.affine().scale))
    inputLanes = try layout.reserve(Int16.self, count: inputs)
    stateLanes = try layout.reserve(Int16.self, count: extents.outputs)
    activated = try layout.reserve(Int16.self, count: extents.cells)
    projection = try Self.projection(
      options, operands, roles, extents, hidden, output: output, outputScale: outputScale, &layout)
  }

  private static func projection(
    _ options: LSTMOptions, _ operands: Operands, _ roles: LSTMInputs, _ extents: LSTMExtents,
    _ hidden: (scale: Float, zeroPoint: Int32), output: TensorSpec, outputScale: Float,
    _ layout: inout ScratchLayout
  ) throws(OctetError) -> Projection? {
    guard extents.hasProjection else { return nil }
    let scale = try operands.expect(
      roles.projectionWeights, .int8, [extents.outputs, extents.cells], "projection weights"
    ).weightScale()
    let hasBias = operands.optional(roles.projectionBias) != nil
    if hasBias {
      try operands.expect(
        roles.projectionBias, .int32, [extents.outputs], "bias of the projection")
    }
    let clip = Int8(saturating: options.projectionClip / (try output.affine().scale))
    return Projection(
      multiplier: try QuantizedMultiplier(Double(scale * hidden.scale / outputScale)),
      lanes: try layout.reserve(Int16.self, count: extents.cells),
      sums: try layout.reserve(Int32.self, count: extents.outputs), zeroPoint: hidden.zeroPoint,
      hasBias: hasBias, clip: Int32(clip))
  }

  /// The smallest exponent of a state whose hyperbolic tangent is computed: that of Q0.15.
  private static let smallestTangentExponent = -15

  /// The power of two that the state is in units of.
  ///
  /// Without an input gate of its own, a cell has nothing to show in place of tangents.
  private static func exponent(
    of cellState: TensorSpec, couplesGates: Bool
  ) throws(OctetError) -> Int {
    let (scale, _) = try cellState.affine()
    let smallest = couplesGates ? smallestTangentExponent : -30
    guard let exponent = scale.nearPowerOfTwo, Float(smallest)...(-9) ~= exponent else {
      throw OctetError(
        .invalidQuantization(
          reason:
            "the scale \(scale) of '\(cellState.name)' is no power of two from 2^\(smallest) to 2^-9"
        ))
    }
    return Int(exponent)
  }

  private static func intermediates(
    _ operands: Operands
  ) throws(OctetError) -> [(scale: Float, zeroPoint: Int32)] {
    guard operands.intermediates.count == 5 else {
      throw OctetError(
        .wrongCount(
          what: "intermediates", expected: 5...5, found: operands.intermediates.count))
    }
    var parameters: [(scale: Float, zeroPoint: Int32)] = []
    for quantization in operands.intermediates {
      guard let quantization, let scale = quantization.scale,
        let zeroPoint = quantization.zeroPoint
      else {
        // Those of the gates are needed with layer normalization only.
        parameters.append((0, 0))
        continue
      }
      parameters.append((scale, Int32(truncatingIfNeeded: min(max(zeroPoint, -32768), 32767))))
    }
    guard parameters[4].scale.isFinite, parameters[4].scale > 0 else {
      throw OctetError(
        .invalidQuantization(reason: "the last intermediate tensor must have a scale"))
    }
    return parameters
  }

  /// Computes one step of one sequence.
  func step(
    _ buffers: KernelBuffers, input: UnsafePointer<Int8>, batch: Int,
    output: UnsafeMutablePointer<Int8>
  ) {
    let (cells, outputs) = (extents.cells, extents.outputs)
    guard let outputStates = buffers.variable(roles.outputState, as: Int8.self).baseAddress,
      let cellStates = buffers.variable(roles.cellState, as: Int16.self).baseAddress,
      let inputLanes = buffers.scratch(inputLanes).baseAddress,
      let stateLanes = buffers.scratch(stateLanes).baseAddress,
      let activated = buffers.scratch(activated).baseAddress
    else { return }
    let outputState = outputStates + batch * outputs
    let cellState = cellStates + batch * cells
    for i in 0..<extents.inputs {
      inputLanes[i] = Int16(input[i]) &- Int16(truncatingIfNeeded: inputZeroPoint)
    }
    for i in 0..<outputs {
      stateLanes[i] = Int16(outputState[i]) &- Int16(truncatingIfNeeded: outputZeroPoint)
    }
    func compute(_ gate: IntegerLSTMGate) -> UnsafeMutableBufferPointer<Int16> {
      gate.compute(input: inputLanes, state: stateLanes, cellState: cellState, buffers)
    }
    let admitted = inputGate.map(compute)
    update(cellState, admitted: admitted, forget: compute(forgetGate), added: compute(newValues))
    let shown = compute(outputGate)
    if let values = admitted?.baseAddress, cellExponent < Self.smallestTangentExponent {
      // The source has no tangents of finer numbers, and leaves the input gate where they belong.
      activated.update(from: values, count: cells)
    } else {
      activated.update(from: cellState, count: cells)
      buffers.cellLoops.applyHyperbolicTangent(
        activated, count: cells, integerBits: Int16(truncatingIfNeeded: 15 + cellExponent))
    }
    for i in 0..<cells {
      let product = hiddenMultiplier.multiply(Int32(shown[i]) &* Int32(activated[i]))
      let hidden = Int8(clamping: product &+ hiddenZeroPoint)
      if let projection {
        buffers.scratch(projection.lanes)[i] =
          Int16(hidden) &+ Int16(truncatingIfNeeded: projection.zeroPoint)
      } else {
        outputState[i] = hidden
      }
    }
    if let projection { project(projection, to: outputState, buffers) }
    output.update(from: outputState, count: outputs)
  }

  /// **Source**: TFLite `lstm_eval::UpdateLstmCellInteger`.
  private func update(
    _ cellState: UnsafeMutablePointer<Int16>, admitted: UnsafeMutableBufferPointer<Int16>?,
    forget: UnsafeMutableBufferPointer<Int16>, added: UnsafeMutableBufferPointer<Int16>
  ) {
    let shift = Int32(truncatingIfNeeded: 30 + cellExponent)
    for i in 0..<extents.cells {
      let kept = FixedPoint.roundingDivideByPowerOfTwo(
        Int32(forget[i]) &* Int32(cellState[i]), 15)
      let factor = admitted.map { $0[i] } ?? Int16.max &- forget[i]
      let new = FixedPoint.roundingDivideByPowerOfTwo(Int32(factor) &* Int32(added[i]), shift)
      let sum = FixedPoint16.saturatingAdd(
        Int16(truncatingIfNeeded: kept), Int16(truncatingIfNeeded: new))
      cellState[i] = cellClip > 0 ? min(max(sum, -cellClip), cellClip) : sum
    }
  }

  private func project(
    _ projection: Projection, to output: UnsafeMutablePointer<Int8>, _ buffers: KernelBuffers
  ) {
    guard let lanes = UnsafeBufferPointer(buffers.scratch(projection.lanes)).baseAddress,
      let sums = buffers.scratch(projection.sums).baseAddress,
      let weights = buffers.input(roles.projectionWeights, as: Int8.self).baseAddress
    else { return }
    let bias = buffers.input(roles.projectionBias, as: Int32.self)
    buffers.cellLoops.multiply(
      lanes, weights, rows: extents.outputs, depth: extents.cells, into: sums)
    for row in 0..<extents.outputs {
      let biased = projection.hasBias ? sums[row] &+ bias[row] : sums[row]
      let value = Int32(
        Int8(clamping: projection.multiplier.multiply(biased) &+ outputZeroPoint))
      let clip = projection.clip
      output[row] = Int8(truncatingIfNeeded: clip > 0 ? min(max(value, -clip), clip) : value)
    }
  }
}
