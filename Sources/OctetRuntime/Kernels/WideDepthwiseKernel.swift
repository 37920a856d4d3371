import COctetKernels
import OctetCore
import OctetOperators

/// A depthwise convolution with int16 activations and int8 weights, ready to run.
///
/// Where input channels have several filters, they are repeated first.
struct WideDepthwiseKernel: Sendable {
  private let window: ok_window
  private let stage: WideStage
  private let inputChannels: Int
  /// Filters for each input channel.
  private let filterCount: Int
  private let pixelCount: Int
  private let scratchByteCount: Int

  /// A convolution; nil for operands that are not constants of these types, and for windows of more
  /// taps than 32 bits take the sums of.
  init?(_ plan: DepthwiseConv2D.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
    let geometry = plan.geometry
    guard
      let stage = WideStage(
        plan.arithmetic, plan.filter.constant(in: inputs), bias: inputs.count > 2 ? inputs[2] : nil,
        channelCount: geometry.outputChannels, selection.loops),
      stage.isNarrow || geometry.patchSize <= Int(OK_WIDE_SEGMENT)
    else { return nil }
    self.stage = stage
    var window = ok_window(geometry)
    window.input_channels = geometry.outputChannels
    self.window = window
    inputChannels = geometry.inputChannels
    filterCount = geometry.outputChannels / geometry.inputChannels
    pixelCount = window.batches * window.input_height * window.input_width
    let (byteCount, overflow) = pixelCount.multipliedReportingOverflow(
      by: filterCount == 1 ? 0 : MemoryLayout<Int16>.size * geometry.outputChannels)
    guard !overflow, byteCount <= maximumScratchByteCount else { return nil }
    scratchByteCount = byteCount
  }

  /// The operator with this kernel.
  func prepared(plan: any Sendable) -> PreparedOperator {
    stage.loops.prepared(
      plan, name: "depthwise_16_bits", sharedScratchByteCount: scratchByteCount
    ) { buffers, loops in run(buffers, loops) }
  }

  private func run(_ buffers: KernelBuffers, _ loops: Loops) {
    var input = buffers.input(0, as: Int16.self).baseAddress
    if filterCount > 1 {
      let repeated = buffers.scratch.assumingMemoryBound(to: Int16.self).baseAddress
      ok_repeat_lanes(input, pixelCount * inputChannels, filterCount, repeated)
      input = UnsafePointer(repeated)
    }
    stage.filter.withUnsafeBytes { filter in
      withUnsafePointer(to: window) { window in
        ok_wide_depthwise_run(
          stage.stage, window, input, filter.assumingMemoryBound(to: Int8.self).baseAddress,
          buffers.output(0, as: Int16.self).baseAddress, loops.pool)
      }
    }
  }
}
