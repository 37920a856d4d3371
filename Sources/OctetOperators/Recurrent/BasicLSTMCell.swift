import OctetCore

/// The LSTM cell of early converters: one matrix for all gates, input and output state side by side.
///
/// The gates come in the order input, new values, forget, output. Besides the new outputs and state,
/// the operator gives its inputs joined, and the sums of the gates.
///
/// **Types**: float32; uint8 with int32 bias and an int16 state of scale 2^-11.
///
/// **Quantization**: activations have scale 1/128 and zero point 128 whatever they declare; the
/// sums are in Q3.12, `requantize(Σ (x − 128) · (w − zp) + b)` with the multiplier `4096 · s_bias`,
/// whose right shift rounds halves up, unlike elsewhere.
///
/// **Source**: TFLite `optimized_ops::LstmCell`, which the reference kernels call too.
struct BasicLSTMCell: Sendable {
  /// The operator's inputs.
  private enum Role { static let (input, outputState, weights, bias, cellState) = (0, 1, 2, 3, 4) }

  private enum Arithmetic {
    case float
    case uint8(weightZeroPoint: Int32, QuantizedMultiplier)
  }

  private let batches: Int
  private let inputs: Int
  private let cells: Int
  private let arithmetic: Arithmetic
  /// Whether the state is carried over to the next run by changing the inputs that hold it.
  private let keepsState: Bool

  /// Types and shapes of outputs, state, joined inputs and sums.
  ///
  /// - Throws: `.wrongCount`, `.missingInput`, `.invalidShape`.
  static func outputs(_ operands: Operands) throws(OctetError) -> [OutputSpec] {
    try operands.expectCount(5...5)
    let (input, state) = try shapes(operands)
    let type = try operands.required(Role.input, "input").type
    let wide: ElementType = type == .uint8 ? .int16 : type
    let (batches, cells) = (input[0], state[1])
    return [
      OutputSpec(type, state), OutputSpec(wide, state),
      OutputSpec(type, try Shape([batches, input[1] + cells])),
      OutputSpec(wide, try Shape([batches, 4 * cells])),
    ]
  }

  private static func shapes(
    _ operands: Operands
  ) throws(OctetError) -> (input: Shape, state: Shape) {
    let input = try operands.required(Role.input, "input").shape
    let state = try operands.required(Role.outputState, "output state").shape
    guard input.rank == 2, state.rank == 2, input[0] == state[0], input[1] > 0, state[1] > 0,
      state[1] <= Int(Int32.max) / 4
    else {
      throw OctetError(
        .invalidShape(
          state.dimensions, reason: "input and output state must have rank 2 and equal batches"))
    }
    return (input, state)
  }

  /// Checks the operands.
  ///
  /// - Throws: `.missingInput`, `.invalidShape`, `.unsupportedTypes`, `.invalidQuantization`.
  init(_ operands: Operands, _ outputs: [TensorSpec]) throws(OctetError) {
    let (input, state) = try Self.shapes(operands)
    (batches, inputs, cells) = (input[0], input[1], state[1])
    let type = try operands.required(Role.input, "input").type
    guard type == .float32 || type == .uint8 else {
      throw OctetError(.unsupportedTypes(operator: "LSTM", types: [type]))
    }
    let isFloat = type == .float32
    let previous = try operands.expect(
      Role.outputState, type, [batches, cells], "output state")
    let weights = try operands.expect(
      Role.weights, type, [4 * cells, inputs + cells], "weights")
    let bias = try operands.expect(
      Role.bias, isFloat ? .float32 : .int32, [4 * cells], "bias")
    let cellState = try operands.expect(
      Role.cellState, isFloat ? .float32 : .int16, [batches, cells], "cell state")
    keepsState = previous.constant == nil && cellState.constant == nil
    if isFloat {
      arithmetic = .float
    } else {
      let scale = try outputs[1].affine().scale
      guard abs(scale * 2048 - 1) < 1e-3 else {
        throw OctetError(
          .invalidQuantization(reason: "the state's scale must be 2^-11, is \(scale)"))
      }
      arithmetic = .uint8(
        weightZeroPoint: try weights.affine().zeroPoint,
        try QuantizedMultiplier(Double(4096 * bias.weightScale())))
    }
  }

  /// Computes all outputs.
  func run(_ buffers: KernelBuffers) {
    switch arithmetic {
    case .float:
      join(buffers, Float.self)
      computeFloat(buffers)
      if keepsState { keep(buffers, Float.self, Float.self) }
    case .uint8(let weightZeroPoint, let multiplier):
      join(buffers, UInt8.self)
      computeInteger(buffers, Int16(truncatingIfNeeded: weightZeroPoint), multiplier)
      if keepsState { keep(buffers, UInt8.self, Int16.self) }
    }
  }

  private func join<Element: BitwiseCopyable>(_ buffers: KernelBuffers, _ type: Element.Type) {
    let joined = buffers.output(2, as: type)
    let input = buffers.input(Role.input, as: type)
    let state = buffers.input(Role.outputState, as: type)
    for batch in 0..<batches {
      let start = batch * (inputs + cells)
      for i in 0..<inputs { joined[start + i] = input[batch * inputs + i] }
      for i in 0..<cells { joined[start + inputs + i] = state[batch * cells + i] }
    }
  }

  private func keep<Element: BitwiseCopyable, State: BitwiseCopyable>(
    _ buffers: KernelBuffers, _ element: Element.Type, _ state: State.Type
  ) {
    let outputState = buffers.variable(Role.outputState, as: element)
    let cellState = buffers.variable(Role.cellState, as: state)
    let (outputs, states) = (buffers.output(0, as: element), buffers.output(1, as: state))
    for i in 0..<(batches * cells) {
      outputState[i] = outputs[i]
      cellState[i] = states[i]
    }
  }

  private func computeFloat(_ buffers: KernelBuffers) {
    let joined = buffers.output(2, as: Float.self)
    let sums = buffers.output(3, as: Float.self)
    let bias = buffers.input(Role.bias, as: Float.self)
    let cellState = buffers.input(Role.cellState, as: Float.self)
    let (output, newState) = (buffers.output(0, as: Float.self), buffers.output(1, as: Float.self))
    guard let rows = UnsafeBufferPointer(joined).baseAddress,
      let weights = buffers.input(Role.weights, as: Float.self).baseAddress
    else { return }
    let depth = inputs + cells
    for batch in 0..<batches {
      let first = batch * 4 * cells
      guard let gates = sums.baseAddress.map({ $0 + first }) else { return }
      for row in 0..<(4 * cells) { gates[row] = bias[row] }
      buffers.cellLoops.accumulate(
        rows + batch * depth, weights, rows: 4 * cells, depth: depth, into: gates)
      for cell in 0..<cells {
        let admitted = RealFunction.logisticQuotient(sums[first + cell])
        let added = RealFunction.hyperbolicTangent(sums[first + cells + cell])
        let forget = RealFunction.logisticQuotient(sums[first + 2 * cells + cell])
        let shown = RealFunction.logisticQuotient(sums[first + 3 * cells + cell])
        let index = batch * cells + cell
        newState[index] = admitted * added + forget * cellState[index]
        output[index] = shown * RealFunction.hyperbolicTangent(newState[index])
      }
    }
  }

  private func computeInteger(
    _ buffers: KernelBuffers, _ weightZeroPoint: Int16, _ multiplier: QuantizedMultiplier
  ) {
    let joined = buffers.output(2, as: UInt8.self)
    let sums = buffers.output(3, as: Int16.self)
    let bias = buffers.input(Role.bias, as: Int32.self)
    let weights = buffers.input(Role.weights, as: UInt8.self)
    let depth = inputs + cells
    for batch in 0..<batches {
      for row in 0..<(4 * cells) {
        var sum = bias[row]
        for i in 0..<depth {
          let weight = Int32(Int16(weights[row * depth + i]) &- weightZeroPoint)
          sum &+= (Int32(joined[batch * depth + i]) &- 128) &* weight
        }
        sums[batch * 4 * cells + row] = Int16(clamping: requantize(sum, multiplier))
      }
      for cell in 0..<cells { computeCell(buffers, batch: batch, cell: cell) }
    }
  }

  /// `sum · multiplier`, whose right shift rounds halves up.
  private func requantize(_ sum: Int32, _ multiplier: QuantizedMultiplier) -> Int32 {
    let shift = multiplier.exponent
    let product = FixedPoint.saturatingRoundingDoublingHighMultiply(
      sum &<< max(shift, 0), multiplier.mantissaQ31)
    guard shift < 0 else { return product }
    return Int32(truncatingIfNeeded: (Int64(product) + (1 << Int64(-shift - 1))) >> Int64(-shift))
  }

  private func computeCell(_ buffers: KernelBuffers, batch: Int, cell: Int) {
    let sums = buffers.output(3, as: Int16.self)
    let first = batch * 4 * cells + cell
    let index = batch * cells + cell
    let admitted = FixedPoint16.logistic(sums[first], integerBits: 3)
    let added = FixedPoint16.hyperbolicTangent(sums[first + cells], integerBits: 3)
    let forget = FixedPoint16.logistic(sums[first + 2 * cells], integerBits: 3)
    let shown = FixedPoint16.logistic(sums[first + 3 * cells], integerBits: 3)
    // The state has four integer bits.
    let kept = FixedPoint16.multiply(
      forget, buffers.input(Role.cellState, as: Int16.self)[index])
    let new = FixedPoint16.roundingDivideByPowerOfTwo(FixedPoint16.multiply(admitted, added), 4)
    let state = FixedPoint16.saturatingAdd(new, kept)
    buffers.output(1, as: Int16.self)[index] = state
    let activated = FixedPoint16.hyperbolicTangent(
      FixedPoint16.saturatingShiftLeft(state, 1), integerBits: 3)
    let value = FixedPoint16.roundingDivideByPowerOfTwo(
      FixedPoint16.multiply(shown, activated), 8)
    buffers.output(0, as: UInt8.self)[index] = UInt8(
      truncatingIfNeeded: 128 &+ min(max(value, -128), 127))
  }
}
