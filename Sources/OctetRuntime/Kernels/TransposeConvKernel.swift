import COctetKernels
import OctetCore
import OctetOperators

/// A transposed convolution of 8-bit operands as a plain one for each phase, ready to run.
///
/// Each is computed as an image of its own, whose pixels are then copied to where they belong.
struct TransposeConvKernel: Sendable {
  private struct Phase: Sendable {
    let positions: TransposeConvPhase
    let product: PackedProduct
  }

  private let phases: [Phase]
  private let output: Size2D
  private let stride: Size2D
  private let scratch: PartialScratch
  private let workers: WorkerPool?
  private let kernelName: String

  /// A transposed convolution; nil where operands are not constants of 8 bits.
  init?(_ plan: TransposeConv.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
    let geometry = plan.geometry
    output = geometry.output
    stride = geometry.stride
    guard inputs.count > 2, let kernel = selection.matrixKernel,
      let positions = TransposeConvPhase.all(of: geometry), geometry.inputChannels > 0,
      let filter = inputs[1], let data = try? FilterData(filter),
      let operands = ConstantOperands(
        plan.arithmetic, data, [inputs[2], filter, inputs.count > 3 ? inputs[3] : nil],
        channelCount: geometry.outputChannels)
    else { return nil }
    phases = positions.map { positions in
      let positions = positions.reachingBack
      let product = PackedProduct(
        operands, window: positions.window(geometry), channels: 0..<geometry.outputChannels,
        part: "rest \(positions.rows.rest) \(positions.columns.rest) of \(geometry.stride), "
          + "filter \(geometry.filter)",
        kernel: kernel, selection
      ) { Self.select($0, geometry, positions, zeroPoint: operands.quantization) }
      return Phase(positions: positions, product: product)
    }
    workers = selection.workers
    kernelName = String(cString: kernel.pointee.name)
    guard let scratch = PartialScratch(phases.map(\.product), workers) else { return nil }
    self.scratch = scratch
  }

  /// The weights of a phase, `[O, tap rows, tap columns, C]`; zero where the filter has none.
  private static func select(
    _ filter: UnsafeRawBufferPointer, _ geometry: TransposeConvGeometry,
    _ positions: TransposeConvPhase, zeroPoint quantization: ConvolutionQuantization
  ) -> [UInt8] {
    let zero = UInt8(truncatingIfNeeded: -quantization.filterOffset)
    let channels = geometry.inputChannels
    var weights: [UInt8] = []
    for output in 0..<geometry.outputChannels {
      for tapRow in 0..<positions.rows.tapCount {
        for tapColumn in 0..<positions.columns.tapCount {
          guard let row = positions.rows.filterPosition(ofTap: tapRow),
            let column = positions.columns.filterPosition(ofTap: tapColumn)
          else {
            weights += repeatElement(zero, count: channels)
            continue
          }
          let position = (output * geometry.filter.height + row) * geometry.filter.width + column
          weights += filter[(position * channels)..<((position + 1) * channels)]
        }
      }
    }
    return weights
  }

  /// The operator with this kernel.
  func prepared(plan: any Sendable) -> PreparedOperator {
    PreparedOperator(plan: plan, kernelName: kernelName, scratchByteCount: scratch.byteCount) {
      run($0)
    }
  }

  private func run(_ buffers: KernelBuffers) {
    let memory = scratch.divide(buffers)
    for phase in phases {
      let (rows, columns, product) = (phase.positions.rows, phase.positions.columns, phase.product)
      let pixel = product.outputChannels
      product.run(
        buffers.inputBytes(2).baseAddress, memory.output, scratch: memory.product, workers)
      for line in 0..<(product.window.batches * rows.count) {
        let (batch, row) = line.quotientAndRemainder(dividingBy: rows.count)
        let outputRow = batch * output.height + rows.first + row * stride.height
        let first = outputRow * output.width + columns.first
        ok_copy_pixels(
          memory.output.map { $0 + line * columns.count * pixel }, pixel,
          buffers.outputAddress.map { $0 + first * pixel }, stride.width * pixel,
          columns.count, pixel)
      }
    }
  }
}
