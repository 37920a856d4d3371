import OctetCore

/// An LSTM cell with 8-bit sums, layer normalization and a projection, whose input gate is one minus
/// the forget gate.
///
/// **Quantization**: products with inputs and with the last outputs are requantized to 8 bits each,
/// with scale and zero point of two of twelve intermediate tensors, and added in the scale of a third;
/// normalization and activations are computed in float32 and rounded to Q3.12 and Q0.15. The state
/// has scale 2^-15.
///
/// **Source**: TFLite `lstm_eval::LstmStepInteger8x8_8`, `PopulateQuantizedLstmParams8x8_8`. It reads
/// the output gate's recurrent product with the zero point of another gate's, and scales it by a
/// number from elsewhere that makes it vanish; both are kept.
struct CoupledIntegerLSTMCell: Sendable {
  private struct Gate {
    let gate: LSTMGate
    let inputMultiplier: QuantizedMultiplier
    let inputZeroPoint: Int32
    let inputRescale: QuantizedMultiplier
    let recurrentMultiplier: QuantizedMultiplier
    let recurrentZeroPoint: Int32
    /// What the source subtracts again.
    let recurrentRescale: QuantizedMultiplier
    let normalizationScale: Float
    let values: ScratchRegion<Int16>
    let sums: ScratchRegion<Int32>
  }

  let extents: LSTMExtents
  private let roles = LSTMInputs.unidirectional
  private let forgetGate: Gate
  private let newValues: Gate
  private let outputGate: Gate
  private let inputLanes: ScratchRegion<Int16>
  private let stateLanes: ScratchRegion<Int16>
  private let inputZeroPoint: Int32
  private let outputZeroPoint: Int32
  private let projectionMultiplier: QuantizedMultiplier
  /// 0 for none.
  private let cellClip: Int16
  /// 0 for none.
  private let projectionClip: Int32

  /// Checks the operands of a cell, computes its multipliers, and reserves scratch memory.
  ///
  /// - Throws: `.missingInput`, `.invalidShape`, `.unsupportedTypes`, `.invalidQuantization`,
  ///   `.malformedModel`, `.wrongCount`.
  init(
    _ options: LSTMOptions, _ operands: Operands, input: TensorSpec, inputs: Int,
    output: TensorSpec, batches: Int, _ layout: inout ScratchLayout
  ) throws(OctetError) {
    let extents = try LSTMExtents(operands, .unidirectional, inputs: inputs)
    self.extents = extents
    guard extents.hasNormalization, extents.hasProjection else {
      throw OctetError(
        .unsupported(what: "an LSTM of 8-bit sums without layer normalization or projection"))
    }
    let outputState = try operands.required(roles.outputState, "output state")
    try outputState.expectState(
      .int8, elementCount: batches * extents.outputs, "output state")
    let cellState = try operands.required(roles.cellState, "cell state")
    try cellState.expectState(.int16, elementCount: batches * extents.cells, "cell state")
    try cellState.expect(scale: 1 / 32768)
    let (inputScale, inputZeroPoint) = try input.affine()
    let (outputScale, outputZeroPoint) = try outputState.affine()
    self.inputZeroPoint = inputZeroPoint
    self.outputZeroPoint = outputZeroPoint
    var parameters: [(scale: Float, zeroPoint: Int32)] = []
    for quantization in operands.intermediates {
      let zeroPoint = Int32(truncatingIfNeeded: quantization?.zeroPoint ?? 0)
      parameters.append((quantization?.scale ?? 0, min(max(zeroPoint, -128), 127)))
    }
    func gate(_ gate: LSTMGate) throws(OctetError) -> Gate {
      try Self.gate(
        gate, operands, extents, parameters, inputScale: inputScale, outputScale: outputScale,
        &layout)
    }
    forgetGate = try gate(.forget)
    newValues = try gate(.cell)
    outputGate = try gate(.output)
    let projectionScale = try operands.expect(
      roles.projectionWeights, .int8, [extents.outputs, extents.cells], "projection weights"
    ).weightScale()
    try operands.expect(roles.projectionBias, .int32, [extents.outputs], "projection bias")
    projectionMultiplier = try QuantizedMultiplier(
      Double(Float(Double(projectionScale) / 32768 / Double(outputScale))))
    let clip = options.cellClip
    cellClip = clip < 1 ? Int16(saturating: clip * 32768) : 0
    projectionClip = Int32(
      Int8(saturating: options.projectionClip / (try output.affine().scale)))
    inputLanes = try layout.reserve(Int16.self, count: inputs)
    stateLanes = try layout.reserve(Int16.self, count: extents.outputs)
  }

  private static func gate(
    _ gate: LSTMGate, _ operands: Operands, _ extents: LSTMExtents,
    _ parameters: [(scale: Float, zeroPoint: Int32)], inputScale: Float, outputScale: Float,
    _ layout: inout ScratchLayout
  ) throws(OctetError) -> Gate {
    let (roles, offset, cells) = (LSTMInputs.unidirectional, gate.rawValue, extents.cells)
    let weights = try operands.expect(
      roles.inputWeights + offset, .int8, [cells, extents.inputs], "weights of the \(gate) gate"
    ).weightScale()
    let recurrent = try operands.expect(
      roles.recurrentWeights + offset, .int8, [cells, extents.outputs],
      "recurrent weights of the \(gate) gate"
    ).weightScale()
    let factors = try operands.expect(
      (roles.normalization ?? 0) + offset, .int16, [cells], "factors of the \(gate) gate"
    ).weightScale()
    try operands.expect(roles.biases + offset, .int32, [cells], "bias of the \(gate) gate")
    // Sum, product with the input, product with the last output.
    let (sum, product, recurrentProduct) = (
      parameters[3 * offset], parameters[3 * offset + 1], parameters[3 * offset + 2]
    )
    let recurrentRescale = try QuantizedMultiplier(Double(recurrentProduct.scale / sum.scale))
    let factor = try QuantizedMultiplier(Double(factors))
    return Gate(
      gate: gate,
      inputMultiplier: try QuantizedMultiplier(Double(weights * inputScale / product.scale)),
      inputZeroPoint: product.zeroPoint,
      inputRescale: try QuantizedMultiplier(Double(product.scale / sum.scale)),
      recurrentMultiplier: try QuantizedMultiplier(
        Double(recurrent * outputScale / recurrentProduct.scale)),
      recurrentZeroPoint: gate == .output
        ? parameters[7].zeroPoint : recurrentProduct.zeroPoint,
      recurrentRescale: gate == .output
        ? QuantizedMultiplier(mantissaQ31: 0, exponent: 0) : recurrentRescale,
      normalizationScale: Float(
        Double(factor.mantissaQ31)
          * Double(sign: .plus, exponent: Int(factor.exponent) - 31, significand: 1)),
      values: try layout.reserve(Int16.self, count: cells),
      sums: try layout.reserve(Int32.self, count: cells))
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
      let stateLanes = buffers.scratch(stateLanes).baseAddress
    else { return }
    let outputState = outputStates + batch * outputs
    let cellState = cellStates + batch * cells
    for i in 0..<extents.inputs {
      inputLanes[i] = Int16(input[i]) &- Int16(truncatingIfNeeded: inputZeroPoint)
    }
    for i in 0..<outputs {
      stateLanes[i] = Int16(outputState[i]) &- Int16(truncatingIfNeeded: outputZeroPoint)
    }
    let forget = compute(forgetGate, inputLanes, stateLanes, buffers)
    let added = compute(newValues, inputLanes, stateLanes, buffers)
    for i in 0..<cells {
      let kept = FixedPoint.roundingDivideByPowerOfTwo(
        Int32(forget[i]) &* Int32(cellState[i]), 15)
      let new = FixedPoint.roundingDivideByPowerOfTwo(
        Int32(Int16.max &- forget[i]) &* Int32(added[i]), 15)
      let sum = FixedPoint16.saturatingAdd(
        Int16(truncatingIfNeeded: kept), Int16(truncatingIfNeeded: new))
      cellState[i] = cellClip > 0 ? min(max(sum, -cellClip), cellClip) : sum
    }
    let hidden = compute(outputGate, inputLanes, stateLanes, buffers)
    for i in 0..<cells {
      let activated = Self.hyperbolicTangent(cellState[i], exponent: -15)
      hidden[i] = Int16(
        truncatingIfNeeded: FixedPoint.roundingDivideByPowerOfTwo(
          Int32(hidden[i]) &* Int32(activated), 15))
    }
    project(hidden, to: outputState, buffers)
    output.update(from: outputState, count: outputs)
  }

  private func compute(
    _ gate: Gate, _ input: UnsafePointer<Int16>, _ state: UnsafePointer<Int16>,
    _ buffers: KernelBuffers
  ) -> UnsafeMutableBufferPointer<Int16> {
    let values = buffers.scratch(gate.values)
    let offset = gate.gate.rawValue
    guard let sums = buffers.scratch(gate.sums).baseAddress,
      let weights = buffers.input(roles.inputWeights + offset, as: Int8.self).baseAddress,
      let recurrent = buffers.input(roles.recurrentWeights + offset, as: Int8.self).baseAddress
    else { return values }
    let loops = buffers.cellLoops
    loops.multiply(input, weights, rows: extents.cells, depth: extents.inputs, into: sums)
    for row in 0..<extents.cells {
      let product = Int8(
        clamping: gate.inputMultiplier.multiply(sums[row]) &+ gate.inputZeroPoint)
      values[row] = Int16(
        truncatingIfNeeded: Int32(product) &- gate.inputZeroPoint)
    }
    loops.multiply(state, recurrent, rows: extents.cells, depth: extents.outputs, into: sums)
    for row in 0..<extents.cells {
      let product = Int8(
        clamping: gate.recurrentMultiplier.multiply(sums[row]) &+ gate.recurrentZeroPoint)
      values[row] = Int16(
        clamping: gate.recurrentRescale.multiply(Int32(product) &- gate.recurrentZeroPoint)
          &+ gate.inputRescale.multiply(Int32(values[row])))
    }
    normalize(values, gate, buffers)
    for i in 0..<extents.cells {
      values[i] =
        gate.gate == .cell
        ? Self.hyperbolicTangent(values[i], exponent: -12)
        : Int16(
          truncatingIfNeeded: min(
            32767, Int32(saturating: RealFunction.logistic(Float(values[i]) / 4096) * 32768)))
    }
    return values
  }

  /// **Source**: TFLite `tensor_utils::ApplyLayerNormFloat`.
  private func normalize(
    _ values: UnsafeMutableBufferPointer<Int16>, _ gate: Gate, _ buffers: KernelBuffers
  ) {
    let offset = gate.gate.rawValue
    let factors = buffers.input((roles.normalization ?? 0) + offset, as: Int16.self)
    let bias = buffers.input(roles.biases + offset, as: Int32.self)
    var (sum, squares): (Float, Float) = (0, 0)
    for i in 0..<extents.cells {
      let value = Float(values[i])
      sum += value
      squares += value * value
    }
    let mean = sum / Float(extents.cells)
    let variance = squares / Float(extents.cells) - mean * mean
    let inverse = 1 / (variance == 0 ? Float(1e-8) : variance).squareRoot()
    let biasScale = gate.normalizationScale / 1024
    for i in 0..<extents.cells {
      let normalized = (Float(values[i]) - mean) * inverse
      let weighted =
        normalized * Float(factors[i]) * gate.normalizationScale + Float(bias[i]) * biasScale
      let steps = (weighted * 4096).rounded(.toNearestOrAwayFromZero)
      values[i] = Int16(clamping: Int32(saturating: steps))
    }
  }

  /// The tangent in Q0.15, cut off towards 0.
  private static func hyperbolicTangent(_ x: Int16, exponent: Int) -> Int16 {
    let unit = Double(sign: .plus, exponent: exponent, significand: 1)
    let value = RealFunction.hyperbolicTangent(Float(Double(x) * unit)) * 32768
    return Int16(clamping: Int32(saturating: value))
  }

  private func project(
    _ hidden: UnsafeMutableBufferPointer<Int16>, to output: UnsafeMutablePointer<Int8>,
    _ buffers: KernelBuffers
  ) {
    guard let vector = UnsafeBufferPointer(hidden).baseAddress,
      let weights = buffers.input(roles.projectionWeights, as: Int8.self).baseAddress
    else { return }
    let bias = buffers.input(roles.projectionBias, as: Int32.self)
    RowProducts.forEachWide(
      vector: vector, matrix: weights, rows: extents.outputs, depth: extents.cells
    ) { row, sum in
      let biased = Int32(truncatingIfNeeded: sum &+ Int64(bias[row]))
      let value = Int32(
        Int8(clamping: projectionMultiplier.multiply(biased) &+ outputZeroPoint))
      let clip = projectionClip
      output[row] = Int8(truncatingIfNeeded: clip > 0 ? min(max(value, -clip), clip) : value)
    }
  }
}
