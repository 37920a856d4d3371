import COctetKernels
import OctetCore
import OctetOperators

/// A depthwise convolution, ready to run.
///
/// Micro-kernels have one filter for each channel; where channels have several, the input's are
/// repeated first.
///
/// It points into the kernel table, which is constant: safe to share between threads.
struct DepthwiseKernel: @unchecked Sendable {
  private let convolution: ok_depthwise
  private let packed: Bytes
  private let workers: WorkerPool?
  /// The threads' scratch memory, behind which repeated channels stand.
  private let scratchByteCount: Int
  /// How many filters each channel has.
  private let filterCount: Int
  /// The bytes of the input with its channels repeated; 0 where it is taken as it is.
  private let repeatedByteCount: Int

  /// A convolution; nil where operands are not constants of 8 bits.
  init?(_ plan: DepthwiseConv2D.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
    let geometry = plan.geometry
    let (pieceCount, overflow) = (geometry.filter.height * geometry.filter.width)
      .multipliedReportingOverflow(by: geometry.output.width)
    guard geometry.inputChannels > 0, !overflow,
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
    filterCount = geometry.outputChannels / geometry.inputChannels
    repeatedByteCount =
      filterCount == 1
      ? 0
      : geometry.batches * geometry.input.height * geometry.input.width * geometry.outputChannels
    convolution.window.input_channels = geometry.outputChannels
    workers = selection.workers
    scratchByteCount = ok_depthwise_scratch_size(&convolution) * (workers?.threadCount ?? 1)
    guard repeatedByteCount <= maximumScratchByteCount,
      scratchByteCount <= maximumScratchByteCount
    else { return nil }
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
    let name = withUnsafePointer(to: convolution) { convolution in
      packed.withUnsafeBytes { ok_depthwise_kernel_name(convolution, $0.baseAddress) }
    }
    return PreparedOperator(
      plan: plan, kernelName: name.map { String(cString: $0) } ?? "",
      scratchByteCount: scratchByteCount + repeatedByteCount
    ) { buffers in run(buffers) }
  }

  private func run(_ buffers: KernelBuffers) {
    var input = buffers.inputAddress(0)
    if filterCount > 1 {
      let repeated = buffers.scratch.baseAddress.map {
        ($0 + scratchByteCount).assumingMemoryBound(to: UInt8.self)
      }
      ok_repeat_elements(input, repeatedByteCount / filterCount, filterCount, repeated)
      input = UnsafePointer(repeated)
    }
    withUnsafePointer(to: convolution) { convolution in
      packed.withUnsafeBytes { packed in
        ok_depthwise_run(
          convolution, packed.baseAddress, input,
          buffers.outputBytes(0).baseAddress, buffers.scratch.baseAddress, workers?.handle)
      }
    }
  }
}
