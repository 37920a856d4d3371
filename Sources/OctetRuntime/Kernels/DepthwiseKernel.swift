import COctetKernels
import OctetCore
import OctetOperators

/// A depthwise convolution with one filter for each channel, ready to run.
///
/// It points into the kernel table, which is constant: safe to share between threads.
struct DepthwiseKernel: @unchecked Sendable {
  private let convolution: ok_depthwise
  private let packed: Bytes
  private let workers: WorkerPool?
  private let scratchByteCount: Int

  /// A convolution; nil where channels have several filters, or operands are not constants of 8
  /// bits.
  init?(_ plan: DepthwiseConv2D.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
    let geometry = plan.geometry
    let (pieceCount, overflow) = (geometry.filter.height * geometry.filter.width)
      .multipliedReportingOverflow(by: geometry.output.width)
    guard geometry.outputChannels == geometry.inputChannels, !overflow,
      pieceCount <= maximumScratchByteCount / MemoryLayout<UnsafeRawPointer>.size,
      let kernel = selection.depthwiseKernel,
      let operands = ConstantOperands(
        plan.arithmetic, plan.filter, inputs, channelCount: geometry.outputChannels)
    else { return nil }
    let quantization = operands.quantization
    var convolution = ok_depthwise(
      kernel: kernel, kernel_3x3: selection.depthwise3x3Kernel, window: ok_window(geometry),
      is_signed: operands.isSigned, input_zero_point: -quantization.inputOffset,
      filter_zero_point: -quantization.filterOffset, stage: operands.outputStage)
    workers = selection.workers
    scratchByteCount = ok_depthwise_scratch_size(&convolution) * (workers?.threadCount ?? 1)
    packed = selection.packedWeights(
      operands, kernelName: String(cString: kernel.pointee.name), window: convolution.window,
      byteCount: ok_depthwise_packed_size(&convolution)
    ) { weights, factors, memory in
      withUnsafePointer(to: factors) { ok_depthwise_pack(&convolution, weights, $0, memory) }
    }
    self.convolution = convolution
  }

  /// The operator with this kernel.
  func prepared(plan: any Sendable) -> PreparedOperator {
    PreparedOperator(
      plan: plan, kernelName: String(cString: convolution.kernel.pointee.name),
      scratchByteCount: scratchByteCount
    ) { buffers in run(buffers) }
  }

  private func run(_ buffers: KernelBuffers) {
    withUnsafePointer(to: convolution) { convolution in
      packed.withUnsafeBytes { packed in
        ok_depthwise_run(
          convolution, packed.baseAddress, buffers.inputBytes(0).baseAddress,
          buffers.outputBytes(0).baseAddress, buffers.scratch.baseAddress, workers?.handle)
      }
    }
  }
}
