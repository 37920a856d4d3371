import COctetKernels
import OctetCore
import OctetOperators

/// A dense convolution or fully-connected layer with int16 activations and int8 weights, ready to run.
///
/// It points into the kernel table and into its own memory, which don't change: safe to share between
/// threads.
final class WideMatrixKernel: @unchecked Sendable {
  private let product: UnsafeMutablePointer<ok_wide_product>
  private let stage: WideStage
  /// Packed weights.
  private let packed: Bytes
  private let kernelName: String
  private let scratchByteCount: Int

  /// A convolution, which may have groups; nil for operands that are not constants of these types.
  convenience init?(
    _ plan: Conv2D.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection
  ) {
    let geometry = plan.geometry
    guard geometry.groupChannels > 0, geometry.patchSize > 0 else { return nil }
    var window = ok_window(geometry)
    window.input_channels = geometry.groupChannels
    self.init(
      WideStage(
        plan.arithmetic, plan.filter.constant(in: inputs), bias: inputs.count > 2 ? inputs[2] : nil,
        channelCount: geometry.outputChannels, selection.loops),
      window, groupCount: geometry.inputChannels / geometry.groupChannels, selection)
  }

  /// A fully-connected layer; nil as for a convolution, and for rows without elements.
  convenience init?(
    _ plan: FullyConnected.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection
  ) {
    let geometry = plan.geometry
    guard geometry.depth > 0 else { return nil }
    self.init(
      WideStage(
        plan.arithmetic, plan.filter.constant(in: inputs), bias: inputs.count > 2 ? inputs[2] : nil,
        channelCount: geometry.units, selection.loops),
      ok_window(rows: geometry.batches, depth: geometry.depth), groupCount: 1, selection)
  }

  private init?(
    _ stage: WideStage?, _ window: ok_window, groupCount: Int, _ selection: KernelSelection
  ) {
    guard let stage, let kernel = selection.wideMatrixKernel else { return nil }
    var product = ok_wide_product(
      kernel: kernel, window: window, groups: groupCount,
      output_channels: stage.channelCount / groupCount, is_narrow: stage.isNarrow)
    scratchByteCount = ok_wide_scratch_size(&product) * stage.loops.threadCount
    guard scratchByteCount <= maximumScratchByteCount else { return nil }
    let filter = stage.filter
    kernelName = String(cString: kernel.pointee.name)
    packed = selection.derivedWeights(
      for: DerivedWeightsKey(
        filter, form: "\(kernelName), int16\(stage.isNarrow ? "" : " in 64 bits")",
        numbers: [groupCount, product.output_channels, filter.count]),
      byteCount: ok_wide_packed_size(&product)
    ) { memory in
      filter.withUnsafeBytes { filter in
        ok_wide_pack(
          &product, filter.assumingMemoryBound(to: Int8.self).baseAddress, memory.baseAddress)
      }
    }
    self.stage = stage
    self.product = .allocate(capacity: 1)
    self.product.initialize(to: product)
  }

  deinit {
    product.deallocate()
  }

  /// The operator with this kernel.
  func prepared(plan: any Sendable) -> PreparedOperator {
    PreparedOperator(plan: plan, kernelName: kernelName, scratchByteCount: scratchByteCount) {
      self.run($0)
    }
  }

  private func run(_ buffers: KernelBuffers) {
    ok_wide_run(
      product, stage.stage, packed.withUnsafeBytes { $0.baseAddress },
      buffers.input(0, as: Int16.self).baseAddress, buffers.output(0, as: Int16.self).baseAddress,
      buffers.scratch.baseAddress, stage.loops.pool)
  }
}
