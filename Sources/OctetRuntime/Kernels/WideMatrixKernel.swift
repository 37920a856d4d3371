import COctetKernels
import OctetCore
import OctetOperators

/// A dense convolution or fully-connected layer with int16 activations and int8 weights, ready to run.
struct WideMatrixKernel: Sendable {
  private let product: WideProduct
  private let workers: WorkerPool?

  /// A convolution, which may have groups; nil for operands that are not constants of these types.
  init?(_ plan: Conv2D.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
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
  init?(_ plan: FullyConnected.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
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
    product = WideProduct(stage, window, groupCount: groupCount, kernel: kernel, selection)
    workers = selection.workers
  }

  /// The operator with this kernel; nil as `PartialProduct.prepared`.
  func prepared(plan: any Sendable) -> PreparedOperator? {
    product.prepared(plan: plan, workers)
  }
}
