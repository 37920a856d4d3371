import COctetKernels
import OctetCore
import OctetOperators

/// A transposed convolution of 8-bit operands as several plain ones, ready to run.
///
/// Output positions that leave the same rest when divided by the strides see the same positions of
/// the filter: together they are a convolution of the input with that part of the filter, turned
/// around.
struct TransposeConvKernel: Sendable {
  private struct Phase: Sendable {
    let rows: Positions
    let columns: Positions
    let product: PackedProduct
  }

  private let phases: [Phase]
  private let output: Size2D
  private let stride: Size2D
  private let scratch: PartialScratch
  private let workers: WorkerPool?
  private let kernelName: String

  /// More phases than this are left to the reference.
  private static let maximumPhaseCount = 64

  /// A transposed convolution; nil where operands are not constants of 8 bits.
  init?(_ plan: TransposeConv.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
    let geometry = plan.geometry
    output = geometry.output
    stride = geometry.stride
    guard inputs.count > 2, let kernel = selection.matrixKernel,
      stride.height <= Self.maximumPhaseCount, stride.width <= Self.maximumPhaseCount,
      stride.height * stride.width <= Self.maximumPhaseCount, geometry.inputChannels > 0,
      let filter = inputs[1], let data = try? FilterData(filter),
      let operands = ConstantOperands(
        plan.arithmetic, data, [inputs[2], filter, inputs.count > 3 ? inputs[3] : nil],
        channelCount: geometry.outputChannels)
    else { return nil }
    var phases: [Phase] = []
    for row in 0..<stride.height {
      let rows = Positions(
        rest: row, stride: stride.height, filter: geometry.filter.height,
        padding: geometry.leadingPadding.height, output: output.height)
      for column in 0..<stride.width {
        let columns = Positions(
          rest: column, stride: stride.width, filter: geometry.filter.width,
          padding: geometry.leadingPadding.width, output: output.width)
        guard rows.count > 0, columns.count > 0 else { continue }
        let product = PackedProduct(
          operands, window: Self.window(geometry, rows, columns),
          channels: 0..<geometry.outputChannels,
          part: "rest \(row) \(column) of \(stride), filter \(geometry.filter)", kernel: kernel,
          selection
        ) { Self.select($0, geometry, rows, columns, zeroPoint: operands.quantization) }
        phases.append(Phase(rows: rows, columns: columns, product: product))
      }
    }
    self.phases = phases
    workers = selection.workers
    kernelName = String(cString: kernel.pointee.name)
    guard let scratch = PartialScratch(phases.map(\.product), workers) else { return nil }
    self.scratch = scratch
  }

  private static func window(
    _ geometry: TransposeConvGeometry, _ rows: Positions, _ columns: Positions
  ) -> ok_window {
    ok_window(
      batches: geometry.batches, input_height: geometry.input.height,
      input_width: geometry.input.width, input_channels: geometry.inputChannels,
      filter_height: rows.tapCount, filter_width: columns.tapCount, output_height: rows.count,
      output_width: columns.count, stride_height: 1, stride_width: 1, dilation_height: 1,
      dilation_width: 1, padding_top: rows.leadingPadding, padding_left: columns.leadingPadding)
  }

  /// The weights of a phase, `[O, tap rows, tap columns, C]`; zero where the filter has none.
  private static func select(
    _ filter: UnsafeRawBufferPointer, _ geometry: TransposeConvGeometry, _ rows: Positions,
    _ columns: Positions, zeroPoint quantization: ConvolutionQuantization
  ) -> [UInt8] {
    let zero = UInt8(truncatingIfNeeded: -quantization.filterOffset)
    let channels = geometry.inputChannels
    var weights: [UInt8] = []
    for output in 0..<geometry.outputChannels {
      for tapRow in 0..<rows.tapCount {
        for tapColumn in 0..<columns.tapCount {
          guard let row = rows.filterPosition(ofTap: tapRow),
            let column = columns.filterPosition(ofTap: tapColumn)
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
      let product = phase.product
      let pixel = product.outputChannels
      product.run(
        buffers.inputBytes(2).baseAddress, memory.output, scratch: memory.product, workers)
      for line in 0..<(product.window.batches * phase.rows.count) {
        let (batch, row) = line.quotientAndRemainder(dividingBy: phase.rows.count)
        let outputRow = batch * output.height + phase.rows.first + row * stride.height
        let first = outputRow * output.width + phase.columns.first
        ok_copy_pixels(
          memory.output.map { $0 + line * phase.columns.count * pixel }, pixel,
          buffers.outputAddress.map { $0 + first * pixel }, stride.width * pixel,
          phase.columns.count, pixel)
      }
    }
  }
}

/// The output positions along one axis that leave the same rest when divided by the stride.
private struct Positions: Sendable {
  /// The first of them, and how many there are.
  let first: Int
  let count: Int
  /// Taps of the convolution that gives them: at least one, although the filter may have none.
  let tapCount: Int
  let leadingPadding: Int
  private let rest: Int
  private let stride: Int
  private let filter: Int

  /// - Parameter rest: of the position in the spread image, which begins `padding` before the
  ///   output.
  init(rest: Int, stride: Int, filter: Int, padding: Int, output: Int) {
    first = ((rest - padding) % stride + stride) % stride
    count = first < output ? (output - first + stride - 1) / stride : 0
    let filterTaps = rest < filter ? (filter - rest + stride - 1) / stride : 0
    // The input position that the first output sees through the last tap.
    let last = (first + padding - rest) / stride
    // More taps than the filter has where it would begin behind the input's first position.
    tapCount = max(filterTaps, last + 1)
    leadingPadding = tapCount - 1 - last
    self.rest = rest
    self.stride = stride
    self.filter = filter
  }

  /// The filter's position at a tap, which run in the opposite order; nil where there is none.
  func filterPosition(ofTap tap: Int) -> Int? {
    let position = rest + stride * (tapCount - 1 - tap)
    return position < filter ? position : nil
  }
}
