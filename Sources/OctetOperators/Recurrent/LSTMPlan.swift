import OctetCore

/// A cell with one direction over a sequence: what the kernels of `LSTM` and
/// `UNIDIRECTIONAL_SEQUENCE_LSTM` need.
struct LSTMPlan: Sendable {
  private enum Cell {
    case real(RealLSTMCell)
    case integer(IntegerLSTMCell)
    case coupledInteger(CoupledIntegerLSTMCell)
  }

  private let layout: SequenceLayout
  private let cell: Cell
  let scratchByteCount: Int

  /// The number of inputs with and without layer normalization.
  ///
  /// - Throws: `.wrongCount` for other numbers.
  static func checkInputCount(_ operands: Operands) throws(OctetError) {
    guard operands.count == 24 || operands.count == 20 else {
      throw OctetError(.wrongCount(what: "inputs", expected: 20...24, found: operands.count))
    }
  }

  /// The type and shape of the output.
  ///
  /// - Throws: what `LSTMExtents` finds wrong.
  static func output(
    _ operands: Operands, _ layout: SequenceLayout
  ) throws(OctetError) -> OutputSpec {
    let input = try operands.required(0, "input")
    let extents = try LSTMExtents(operands, .unidirectional, inputs: layout.depth)
    return OutputSpec(
      input.type, try Shape(input.shape.dimensions.dropLast() + [extents.outputs]))
  }

  /// Checks the operands, by the type of the input and the number of intermediate tensors.
  ///
  /// - Parameter allowsCoupledForm: whether the form with twelve intermediate tensors exists.
  /// - Throws: what the cells find wrong.
  init(
    _ options: LSTMOptions, _ operands: Operands, output: TensorSpec, _ layout: SequenceLayout,
    allowsCoupledForm: Bool
  ) throws(OctetError) {
    self.layout = layout
    var scratch = ScratchLayout()
    let input = try operands.required(0, "input")
    switch input.type {
    case .float32:
      cell = .real(
        try RealLSTMCell(
          options, operands, .unidirectional, inputs: layout.depth, batches: layout.batches,
          &scratch))
    case .int8 where allowsCoupledForm && operands.intermediates.count == 12:
      cell = .coupledInteger(
        try CoupledIntegerLSTMCell(
          options, operands, input: input, inputs: layout.depth, output: output,
          batches: layout.batches, &scratch))
    case .int8:
      cell = .integer(
        try IntegerLSTMCell(
          options, operands, .unidirectional, input: input, inputs: layout.depth, output: output,
          batches: layout.batches, &scratch))
    default:
      throw OctetError(.unsupportedTypes(operator: "input", types: [input.type]))
    }
    scratchByteCount = scratch.byteCount
  }

  /// Runs all steps.
  func run(_ buffers: KernelBuffers) {
    switch cell {
    case .real(let cell):
      forEachStep(buffers, Float.self, outputs: cell.extents.outputs) { input, batch, output in
        cell.step(buffers, input: input, auxiliary: nil, batch: batch, output: output)
      }
    case .integer(let cell):
      forEachStep(buffers, Int8.self, outputs: cell.extents.outputs) { input, batch, output in
        cell.step(buffers, input: input, batch: batch, output: output)
      }
    case .coupledInteger(let cell):
      forEachStep(buffers, Int8.self, outputs: cell.extents.outputs) { input, batch, output in
        cell.step(buffers, input: input, batch: batch, output: output)
      }
    }
  }

  private func forEachStep<Element: BitwiseCopyable>(
    _ buffers: KernelBuffers, _ type: Element.Type, outputs: Int,
    _ body: (UnsafePointer<Element>, _ batch: Int, UnsafeMutablePointer<Element>) -> Void
  ) {
    guard let input = buffers.input(0, as: type).baseAddress,
      let output = buffers.output(0, as: type).baseAddress
    else { return }
    layout.forEachStep { row, batch in
      body(input + row * layout.depth, batch, output + row * outputs)
    }
  }
}
