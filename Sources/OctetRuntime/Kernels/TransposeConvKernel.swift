import COctetKernels
import OctetCore
import OctetOperators

/// A transposed convolution of integers as a plain one for each phase, ready to run.
///
/// Each is computed as an image of its own, whose pixels are then copied to where they belong.
struct TransposeConvKernel: Sendable {
  private struct Phase: Sendable {
    let positions: TransposeConvPhase
    let product: any PartialProduct
  }

  private let phases: [Phase]
  private let output: Size2D
  private let stride: Size2D
  private let scratch: PartialScratch
  private let workers: WorkerPool?
  private let kernelName: String

  /// A transposed convolution; nil for filters and biases of other types, or that are computed.
  init?(_ plan: TransposeConv.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
    let geometry = plan.geometry
    output = geometry.output
    stride = geometry.stride
    guard inputs.count > 2, let positions = TransposeConvPhase.all(of: geometry),
      geometry.inputChannels > 0, let makeProduct = Self.products(plan, inputs, selection)
    else { return nil }
    phases = positions.map { positions in
      let positions = positions.reachingBack
      let product = makeProduct(
        positions.window(geometry),
        "rest \(positions.rows.rest) \(positions.columns.rest) of \(geometry.stride), "
          + "filter \(geometry.filter)"
      ) { Self.select($0, geometry, positions, zero: $1) }
      return Phase(positions: positions, product: product)
    }
    workers = selection.workers
    kernelName = phases.first?.product.kernelName ?? "none"
    guard let scratch = PartialScratch(phases.map(\.product), workers) else { return nil }
    self.scratch = scratch
  }

  /// Makes the product of a phase: `select` takes its weights from the filter, with the byte that
  /// stands for 0 where there are none.
  private typealias ProductMaker = (
    _ window: ok_window, _ part: String,
    _ select: @escaping (_ filter: UnsafeRawBufferPointer, _ zero: UInt8) -> [UInt8]
  ) -> any PartialProduct

  private static func products(
    _ plan: TransposeConv.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection
  ) -> ProductMaker? {
    let channelCount = plan.geometry.outputChannels
    let bias = inputs.count > 3 ? inputs[3] : nil
    guard let filter = inputs[1], let data = try? FilterData(filter) else { return nil }
    if let kernel = selection.matrixKernel,
      let operands = ConstantOperands(
        plan.arithmetic, data, [inputs[2], filter, bias], channelCount: channelCount)
    {
      let zero = UInt8(truncatingIfNeeded: -operands.quantization.filterOffset)
      return { window, part, select in
        PackedProduct(
          operands, window: window, channels: 0..<channelCount, part: part, kernel: kernel,
          selection
        ) { select($0, zero) }
      }
    }
    guard
      let stage = WideStage(
        plan.arithmetic, data.constant(in: inputs), bias: bias, channelCount: channelCount,
        selection.loops),
      let kernel = selection.wideMatrixKernel
    else { return nil }
    return { window, part, select in
      WideProduct(stage, window, groupCount: 1, part: part, kernel: kernel, selection) {
        select($0, 0)
      }
    }
  }

  /// The weights of a phase, `[O, tap rows, tap columns, C]`.
  ///
  /// - Parameter zero: what stands where the filter has none.
  private static func select(
    _ filter: UnsafeRawBufferPointer, _ geometry: TransposeConvGeometry,
    _ positions: TransposeConvPhase, zero: UInt8
  ) -> [UInt8] {
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
      let pixel = product.outputChannels * product.elementByteCount
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
