import COctetKernels
import OctetCore
import OctetOperators

/// A dense convolution or fully-connected layer as a product of matrices, ready to run.
///
/// It points into the kernel table, which is constant: safe to share between threads.
struct MatrixKernel: @unchecked Sendable {
  private let product: ok_gemm
  private let packed: Bytes
  private let workers: WorkerPool?
  private let scratchByteCount: Int

  /// A convolution; nil where there are groups, or operands that are not constants of 8 bits.
  init?(_ plan: Conv2D.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
    let geometry = plan.geometry
    guard geometry.groupChannels == geometry.inputChannels else { return nil }
    self.init(
      ConstantOperands(
        plan.arithmetic, plan.filter, inputs, channelCount: geometry.outputChannels),
      window: ok_window(geometry), selection)
  }

  /// A fully-connected layer; nil as for a convolution, and for rows without elements.
  init?(_ plan: FullyConnected.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
    let geometry = plan.geometry
    guard geometry.depth > 0 else { return nil }
    self.init(
      ConstantOperands(plan.arithmetic, plan.filter, inputs, channelCount: geometry.units),
      window: ok_window(rows: geometry.batches, depth: geometry.depth), selection)
  }

  private init?(_ operands: ConstantOperands?, window: ok_window, _ selection: KernelSelection) {
    guard let operands, let kernel = selection.matrixKernel else { return nil }
    let quantization = operands.quantization
    var product = ok_gemm(
      kernel: kernel, window: window, output_channels: operands.channelCount,
      is_signed: operands.isSigned, input_zero_point: -quantization.inputOffset,
      filter_zero_point: -quantization.filterOffset, stage: operands.outputStage)
    workers = selection.workers
    scratchByteCount = ok_gemm_scratch_size(&product) * (workers?.threadCount ?? 1)
    guard scratchByteCount <= maximumScratchByteCount else { return nil }
    packed = selection.packedWeights(
      operands, kernelName: String(cString: kernel.pointee.name), window: window,
      byteCount: ok_gemm_packed_size(&product)
    ) { weights, factors, memory in
      withUnsafePointer(to: factors) { ok_gemm_pack(&product, weights, $0, memory) }
    }
    self.product = product
  }

  /// The operator with this kernel.
  func prepared(plan: any Sendable) -> PreparedOperator {
    PreparedOperator(
      plan: plan, kernelName: String(cString: product.kernel.pointee.name),
      scratchByteCount: scratchByteCount
    ) { buffers in run(buffers) }
  }

  private func run(_ buffers: KernelBuffers) {
    withUnsafePointer(to: product) { product in
      packed.withUnsafeBytes { packed in
        ok_gemm_run(
          product, packed.baseAddress, buffers.inputBytes(0).baseAddress,
          buffers.outputBytes(0).baseAddress, buffers.scratch.baseAddress, workers?.handle)
      }
    }
  }
}
