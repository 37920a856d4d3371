import COctetKernels
import OctetCore
import OctetOperators

/// A matrix product that computes a part of an operator's output.
///
/// It points into the kernel table, which is constant: safe to share between threads.
struct PartialProduct: @unchecked Sendable {
  let product: ok_gemm
  private let packed: Bytes

  /// A convolution for some of the output's channels, or some of its positions.
  ///
  /// - Parameters:
  ///   - channels: whose factors are taken.
  ///   - part: names the part among those of the operator, so that packed weights are told apart.
  ///   - select: takes the weights, `[O, KH, KW, C]` for these channels, from the filter.
  init(
    _ operands: ConstantOperands, window: ok_window, channels: Range<Int>, part: String,
    kernel: UnsafePointer<ok_gemm_kernel>, _ selection: KernelSelection,
    select: (UnsafeRawBufferPointer) -> [UInt8]
  ) {
    let quantization = operands.quantization
    var product = ok_gemm(
      kernel: kernel, window: window, output_channels: channels.count,
      is_signed: operands.isSigned, input_zero_point: -quantization.inputOffset,
      filter_zero_point: -quantization.filterOffset, stage: operands.outputStage)
    packed = selection.packedWeights(
      operands, kernelName: "\(String(cString: kernel.pointee.name)), \(part)", window: window,
      byteCount: ok_gemm_packed_size(&product)
    ) { filter, factors, memory in
      let first = channels.lowerBound
      var factors = ok_channel_factors(
        bias: factors.bias.map { $0 + first }, multiplier: factors.multiplier.map { $0 + first },
        exponent: factors.exponent.map { $0 + first })
      let weights = select(
        UnsafeRawBufferPointer(start: filter, count: operands.filter.count))
      ok_gemm_pack(&product, weights, &factors, memory)
    }
    self.product = product
  }

  /// The bytes of its output.
  var outputByteCount: Int {
    let window = product.window
    return window.batches * window.output_height * window.output_width * product.output_channels
  }

  /// The scratch memory for each thread.
  var scratchByteCount: Int { withUnsafePointer(to: product) { ok_gemm_scratch_size($0) } }

  /// Computes the part as an image of its own.
  func run(
    _ input: UnsafeRawPointer?, _ output: UnsafeMutableRawPointer?,
    scratch: UnsafeMutableRawPointer?, _ workers: WorkerPool?
  ) {
    withUnsafePointer(to: product) { product in
      packed.withUnsafeBytes { packed in
        ok_gemm_run(product, packed.baseAddress, input, output, scratch, workers?.handle)
      }
    }
  }
}

/// Scratch memory of an operator whose parts are computed one after the other.
struct PartialScratch: Sendable {
  /// What the product needs, of all threads; a multiple of the arena's alignment.
  private let product: Int
  private let input: Int
  private let output: Int

  /// The memory for parts; nil where that is more than kernels ask for.
  ///
  /// - Parameter inputByteCount: of a part's input, where it is copied together.
  init?(_ parts: [PartialProduct], inputByteCount: Int = 0, _ workers: WorkerPool?) {
    product = (parts.map(\.scratchByteCount).max() ?? 0) * (workers?.threadCount ?? 1)
    input = (inputByteCount + 63) / 64 * 64
    output = parts.map(\.outputByteCount).max() ?? 0
    guard byteCount <= maximumScratchByteCount else { return nil }
  }

  var byteCount: Int { product + input + output }

  /// The parts of the memory.
  func divide(
    _ buffers: KernelBuffers
  ) -> (
    product: UnsafeMutableRawPointer?, input: UnsafeMutablePointer<UInt8>?,
    output: UnsafeMutablePointer<UInt8>?
  ) {
    let base = buffers.scratch.baseAddress
    return (
      base, base.map { ($0 + product).assumingMemoryBound(to: UInt8.self) },
      base.map { ($0 + product + input).assumingMemoryBound(to: UInt8.self) }
    )
  }
}
