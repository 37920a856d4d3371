import COctetKernels
import OctetCore
import OctetOperators

/// A convolution or fully-connected layer as a product of matrices, ready to run.
struct MatrixKernel: Sendable {
  private let product: PackedProduct
  private let workers: WorkerPool?

  /// A convolution, which may have groups; nil for operands that are not constants of 8 bits.
  init?(_ plan: Conv2D.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
    let geometry = plan.geometry
    guard let kernel = selection.matrixKernel,
      let operands = ConstantOperands(
        plan.arithmetic, plan.filter, inputs, channelCount: geometry.outputChannels),
      let groups = ChannelGroups(geometry, columns: kernel.pointee.columns)
    else { return nil }
    let zero = UInt8(truncatingIfNeeded: -operands.quantization.filterOffset)
    self.init(
      PackedProduct(
        operands, window: ok_window(geometry), groups, channels: 0..<geometry.outputChannels,
        part: groups.name, kernel: kernel, selection
      ) { filter in
        groups.joining(
          filter, taps: geometry.filter.height * geometry.filter.width, zero: zero)
      }, selection.workers)
  }

  /// A fully-connected layer; nil as for a convolution, and for rows without elements.
  init?(_ plan: FullyConnected.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
    let geometry = plan.geometry
    guard geometry.depth > 0 else { return nil }
    guard let kernel = selection.matrixKernel,
      let operands = ConstantOperands(
        plan.arithmetic, plan.filter, inputs, channelCount: geometry.units)
    else { return nil }
    self.init(
      PackedProduct(
        operands, window: ok_window(rows: geometry.batches, depth: geometry.depth),
        channels: 0..<geometry.units, kernel: kernel, selection),
      selection.workers)
  }

  /// A depthwise convolution of images with one channel: a dense one, whose filter is stored the other
  /// way round; nil for more channels, and as for a convolution.
  init?(_ plan: DepthwiseConv2D.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
    let geometry = plan.geometry
    guard geometry.inputChannels == 1, let kernel = selection.matrixKernel,
      let operands = ConstantOperands(
        plan.arithmetic, plan.filter, inputs, channelCount: geometry.outputChannels)
    else { return nil }
    let taps = geometry.filter.height * geometry.filter.width
    let channels = geometry.outputChannels
    self.init(
      PackedProduct(
        operands, window: ok_window(geometry), channels: 0..<channels, part: "depthwise",
        kernel: kernel, selection
      ) { filter in
        (0..<channels).flatMap { channel in
          (0..<taps).lazy.map { filter[$0 * channels + channel] }
        }
      }, selection.workers)
  }

  private init(_ product: PackedProduct, _ workers: WorkerPool?) {
    self.product = product
    self.workers = workers
  }

  /// The operator with this kernel; nil as `PartialProduct.prepared`.
  func prepared(plan: any Sendable) -> PreparedOperator? {
    product.prepared(plan: plan, workers)
  }
}
