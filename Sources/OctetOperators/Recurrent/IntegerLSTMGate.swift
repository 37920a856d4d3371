import OctetCore

/// One gate of an LSTM cell with 8-bit weights and activations and 16-bit sums.
///
/// Sums are in Q3.12, or with layer normalization in the scale of an intermediate tensor; results in
/// Q0.15. Each product is requantized and added with saturation.
///
/// **Source**: TFLite `lstm_eval::CalculateLstmGateInteger8x8_16`.
struct IntegerLSTMGate: Sendable {
  private struct Peephole {
    let index: Int
    let count: Int
    let multiplier: QuantizedMultiplier
  }

  private struct Normalization {
    let factors: Int
    let multiplier: QuantizedMultiplier
    /// Taken for the variance where it comes out below 1.
    let varianceGuard: Int32
  }

  private let gate: LSTMGate
  private let extents: LSTMExtents
  /// Which inputs of the operator hold the weights.
  private let weights: Int
  private let recurrent: Int
  private let bias: Int
  private let inputMultiplier: QuantizedMultiplier
  private let recurrentMultiplier: QuantizedMultiplier
  private let peephole: Peephole?
  private let normalization: Normalization?
  /// Where the gate's values go.
  let values: ScratchRegion<Int16>
  private let sums: ScratchRegion<Int32>

  /// The scales that multipliers follow from.
  struct Scales {
    let input: Float
    let outputState: Float
    /// The cell's state is in units of 2 to this power.
    let cellExponent: Int
    /// The sums'.
    let sum: Float
  }

  /// Checks the operands of a gate, and computes its multipliers.
  ///
  /// - Throws: `.missingInput`, `.invalidShape`, `.unsupportedTypes`, `.invalidQuantization`.
  init(
    _ gate: LSTMGate, _ operands: Operands, _ roles: LSTMInputs, _ extents: LSTMExtents,
    _ scales: Scales, _ layout: inout ScratchLayout
  ) throws(OctetError) {
    self.gate = gate
    self.extents = extents
    let (cells, offset) = (extents.cells, gate.rawValue)
    weights = roles.inputWeights + offset
    recurrent = roles.recurrentWeights + offset
    bias = roles.biases + offset
    let inputScale = try operands.expect(
      weights, .int8, [cells, extents.inputs], "weights of the \(gate) gate"
    ).weightScale()
    let recurrentScale = try operands.expect(
      recurrent, .int8, [cells, extents.outputs], "recurrent weights of the \(gate) gate"
    ).weightScale()
    try operands.expect(bias, .int32, [cells], "bias of the \(gate) gate")
    // Products and quotients are rounded to float32, as in the source.
    inputMultiplier = try QuantizedMultiplier(Double(inputScale * scales.input / scales.sum))
    recurrentMultiplier = try QuantizedMultiplier(
      Double(recurrentScale * scales.outputState / scales.sum))
    if extents.hasPeepholes, let part = gate.peephole {
      let index = roles.peepholeWeights + part
      let scale = try operands.expect(
        index, .int16, [cells], "peephole of the \(gate) gate"
      ).weightScale()
      let unit = Double(sign: .plus, exponent: scales.cellExponent, significand: 1)
      // The source takes as many elements as there are outputs.
      peephole = Peephole(
        index: index, count: min(cells, extents.outputs),
        multiplier: try QuantizedMultiplier(
          Double(Float(unit * Double(scale) / Double(scales.sum)))))
    } else {
      peephole = nil
    }
    if extents.hasNormalization, let first = roles.normalization {
      let scale = try operands.expect(
        first + offset, .int16, [cells], "factors of the \(gate) gate"
      ).weightScale()
      let multiplier = try QuantizedMultiplier(Double(scale))
      normalization = Normalization(
        factors: first + offset,
        // The factor of 2^12 turns real values into sums in Q3.12.
        multiplier: QuantizedMultiplier(
          mantissaQ31: multiplier.mantissaQ31, exponent: multiplier.exponent + 12),
        varianceGuard: max(1, Int32(saturating: 10000 * scale)))
    } else {
      normalization = nil
    }
    values = try layout.reserve(Int16.self, count: cells)
    sums = try layout.reserve(Int32.self, count: cells)
  }

  /// Computes the gate's values in its scratch memory.
  ///
  /// - Parameters:
  ///   - input: the inputs' distances from their zero point.
  ///   - state: those of the outputs of the step before.
  func compute(
    input: UnsafePointer<Int16>, state: UnsafePointer<Int16>,
    cellState: UnsafePointer<Int16>, _ buffers: KernelBuffers
  ) -> UnsafeMutableBufferPointer<Int16> {
    let result = buffers.scratch(values)
    guard let values = result.baseAddress, let sums = buffers.scratch(sums).baseAddress,
      let weights = buffers.input(weights, as: Int8.self).baseAddress,
      let recurrent = buffers.input(recurrent, as: Int8.self).baseAddress
    else { return result }
    let bias = buffers.input(bias, as: Int32.self)
    let cells = extents.cells
    let loops = buffers.cellLoops
    loops.multiply(input, weights, rows: cells, depth: extents.inputs, into: sums)
    loops.add(
      sums, bias: normalization == nil ? bias.baseAddress : nil, times: inputMultiplier,
      replacing: true, to: values, count: cells)
    loops.multiply(state, recurrent, rows: cells, depth: extents.outputs, into: sums)
    loops.add(
      sums, bias: nil, times: recurrentMultiplier, replacing: false, to: values, count: cells)
    if let peephole {
      let weights = buffers.input(peephole.index, as: Int16.self)
      for i in 0..<peephole.count {
        let product = peephole.multiplier.multiply(Int32(weights[i]) &* Int32(cellState[i]))
        values[i] = Int16(clamping: product &+ Int32(values[i]))
      }
    }
    if let normalization {
      normalize(values, normalization, buffers.input(normalization.factors, as: Int16.self), bias)
    }
    if gate == .cell {
      loops.applyHyperbolicTangent(values, count: cells, integerBits: 3)
    } else {
      loops.applyLogistic(values, count: cells, integerBits: 3)
    }
    return result
  }

  /// **Source**: TFLite `tensor_utils::ApplyLayerNorm`; products wrap at 32 bits.
  private func normalize(
    _ values: UnsafeMutablePointer<Int16>, _ normalization: Normalization,
    _ factors: UnsafeBufferPointer<Int16>, _ bias: UnsafeBufferPointer<Int32>
  ) {
    let count = Int64(extents.cells)
    var (sum, squares): (Int64, Int64) = (0, 0)
    for i in 0..<extents.cells {
      sum &+= Int64(values[i])
      squares &+= Int64(values[i]) &* Int64(values[i])
    }
    let mean = Int32(truncatingIfNeeded: sum * 1024 / count)
    let unit = Int64(1 << 20)
    let variance = squares &* (unit / count) &- Int64(mean) &* Int64(mean)
    let wholeVariance = Int32(truncatingIfNeeded: variance / unit)
    let inverse = FixedPoint.inverseSquareRoot(
      wholeVariance < 1 ? normalization.varianceGuard : wholeVariance)
    for i in 0..<extents.cells {
      let scaled = inverse.multiply(1024 &* Int32(values[i]) &- mean)
      let weighted = Int64(scaled &* Int32(factors[i]) &+ bias[i])
      let rounded = (weighted > 0 ? weighted + 512 : weighted - 512) / 1024
      values[i] = Int16(
        clamping: normalization.multiplier.multiply(Int32(truncatingIfNeeded: rounded)))
    }
  }
}
