import COctetKernels
import OctetCore
import OctetOperators

/// A convolution of groups of channels as one product for each group, ready to run.
///
/// The channels of a group are copied together before its product, and the outputs apart behind it.
struct GroupedKernel: Sendable {
  private let groups: [PackedProduct]
  private let scratch: PartialScratch
  private let workers: WorkerPool?
  private let kernelName: String

  /// A convolution; nil where there is one group only, or operands are not constants of 8 bits.
  init?(_ plan: Conv2D.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
    let geometry = plan.geometry
    guard geometry.groupChannels < geometry.inputChannels, geometry.groupChannels > 0,
      let kernel = selection.matrixKernel,
      let operands = ConstantOperands(
        plan.arithmetic, plan.filter, inputs, channelCount: geometry.outputChannels)
    else { return nil }
    let groupCount = geometry.inputChannels / geometry.groupChannels
    let outputs = geometry.outputChannels / groupCount
    var window = ok_window(geometry)
    window.input_channels = geometry.groupChannels
    let weightCount = outputs * geometry.patchSize
    groups = (0..<groupCount).map { [window] group in
      PackedProduct(
        operands, window: window, channels: (group * outputs)..<((group + 1) * outputs),
        part: "group \(group)", kernel: kernel, selection
      ) { filter in Array(filter[(group * weightCount)..<((group + 1) * weightCount)]) }
    }
    workers = selection.workers
    kernelName = String(cString: kernel.pointee.name)
    let pixelCount = geometry.batches * geometry.input.height * geometry.input.width
    guard
      let scratch = PartialScratch(
        groups, inputByteCount: pixelCount * geometry.groupChannels, workers)
    else { return nil }
    self.scratch = scratch
  }

  /// The operator with this kernel.
  func prepared(plan: any Sendable) -> PreparedOperator {
    PreparedOperator(plan: plan, kernelName: kernelName, scratchByteCount: scratch.byteCount) {
      run($0)
    }
  }

  private func run(_ buffers: KernelBuffers) {
    let memory = scratch.divide(buffers)
    for (index, group) in groups.enumerated() {
      let window = group.window
      let inputs = window.input_channels
      let outputs = group.outputChannels
      ok_copy_pixels(
        buffers.inputAddress(0).map { $0 + index * inputs }, inputs * groups.count, memory.input,
        inputs, window.batches * window.input_height * window.input_width, inputs)
      group.run(memory.input, memory.output, scratch: memory.product, workers)
      ok_copy_pixels(
        memory.output, outputs, buffers.outputAddress.map { $0 + index * outputs },
        outputs * groups.count, window.batches * window.output_height * window.output_width,
        outputs)
    }
  }
}
