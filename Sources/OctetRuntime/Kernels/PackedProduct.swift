import COctetKernels
import OctetCore
import OctetOperators

/// A matrix product that is all of an operator, or a part of its output.
protocol PartialProduct: Sendable {
  /// The windows of the convolution.
  var window: ok_window { get }
  /// The channels that it computes.
  var outputChannels: Int { get }
  /// The bytes of an output.
  var elementByteCount: Int { get }
  /// The scratch memory for each thread.
  var scratchByteCount: Int { get }
  /// The name of its micro-kernel.
  var kernelName: String { get }

  /// Computes the product as an image of its own.
  func run(
    _ input: UnsafeRawPointer?, _ output: UnsafeMutableRawPointer?,
    scratch: UnsafeMutableRawPointer?, _ workers: WorkerPool?)
}

extension PartialProduct {
  /// The bytes of its output.
  var outputByteCount: Int {
    window.batches * window.output_height * window.output_width * outputChannels
      * elementByteCount
  }

  /// An operator that is this product; nil where threads need more scratch memory than kernels ask for.
  func prepared(plan: any Sendable, _ workers: WorkerPool?) -> PreparedOperator? {
    let scratchByteCount = scratchByteCount * (workers?.threadCount ?? 1)
    guard scratchByteCount <= maximumScratchByteCount else { return nil }
    return PreparedOperator(
      plan: plan, kernelName: kernelName, scratchByteCount: scratchByteCount
    ) { buffers in
      run(
        buffers.inputBytes(0).baseAddress, buffers.outputBytes(0).baseAddress,
        scratch: buffers.scratch.baseAddress, workers)
    }
  }
}

/// A product of 8-bit operands with its packed weights.
///
/// It points into its own memory, which doesn't change: safe to share between threads.
final class PackedProduct: PartialProduct, @unchecked Sendable {
  private let product: PlannedProduct
  private let weights: UnsafeRawPointer?
  /// Keeps the weights.
  private let packed: Bytes

  /// A convolution for all of the output's channels, or some, or for some of its positions.
  ///
  /// - Parameters:
  ///   - groups: of the window's channels; nil for one.
  ///   - channels: whose factors are taken.
  ///   - part: names the part among those of the operator, so that packed weights are told apart.
  ///   - select: takes the weights, `[O, KH, KW, C]` for these channels, from the filter; nil, or a
  ///     result of nil, takes it as it is.
  init(
    _ operands: ConstantOperands, window: ok_window, _ groups: ChannelGroups? = nil,
    channels: Range<Int>, part: String? = nil, kernel: UnsafePointer<ok_gemm_kernel>,
    _ selection: KernelSelection, select: ((UnsafeRawBufferPointer) -> [UInt8]?)? = nil
  ) {
    let quantization = operands.quantization
    let groups =
      groups ?? ChannelGroups(pixelChannels: window.input_channels, outputs: channels.count)
    var window = window
    window.input_channels = groups.inputChannels
    let product = PlannedProduct(
      ok_gemm(
        kernel: kernel, window: window, pixel_channels: groups.pixelChannels,
        output_channels: channels.count, group_outputs: groups.outputChannels,
        is_signed: operands.isSigned, input_zero_point: -quantization.inputOffset,
        filter_zero_point: -quantization.filterOffset, stage: operands.outputStage,
        layout: ok_gemm_layout()))
    self.product = product
    let name = [String(cString: kernel.pointee.name), part].compactMap { $0 }
    packed = selection.packedWeights(
      operands, kernelName: name.joined(separator: ", "), window: window,
      layout: product.layout.packedForm, byteCount: product.packedByteCount
    ) { filter, factors, memory in
      let first = channels.lowerBound
      var factors = ok_channel_factors(
        bias: factors.bias.map { $0 + first }, multiplier: factors.multiplier.map { $0 + first },
        exponent: factors.exponent.map { $0 + first })
      let elements = UnsafeRawBufferPointer(start: filter, count: operands.filter.count)
      if let weights = select?(elements) {
        ok_gemm_pack(product.pointer, weights, &factors, memory)
      } else {
        ok_gemm_pack(product.pointer, filter, &factors, memory)
      }
    }
    weights = packed.withUnsafeBytes { $0.baseAddress }
  }

  var kernelName: String { product.kernelName }

  var window: ok_window { product.window }

  var outputChannels: Int { product.outputChannels }

  var elementByteCount: Int { 1 }

  var scratchByteCount: Int { product.layout.scratch_size }

  func run(
    _ input: UnsafeRawPointer?, _ output: UnsafeMutableRawPointer?,
    scratch: UnsafeMutableRawPointer?, _ workers: WorkerPool?
  ) {
    ok_gemm_run(product.pointer, weights, input, output, scratch, workers?.handle)
  }
}

/// Scratch memory of an operator whose parts are computed one after the other.
struct PartialScratch: Sendable {
  /// What the product needs, of all threads; a multiple of the arena's alignment.
  private let product: Int
  private let output: Int

  /// The memory for parts; nil where that is more than kernels ask for.
  init?(_ parts: [any PartialProduct], _ workers: WorkerPool?) {
    product = (parts.map(\.scratchByteCount).max() ?? 0) * (workers?.threadCount ?? 1)
    output = parts.map(\.outputByteCount).max() ?? 0
    guard byteCount <= maximumScratchByteCount else { return nil }
  }

  var byteCount: Int { product + output }

  /// The parts of the memory.
  func divide(
    _ buffers: KernelBuffers
  ) -> (product: UnsafeMutableRawPointer?, output: UnsafeMutablePointer<UInt8>?) {
    let base = buffers.scratch.baseAddress
    return (base, base.map { ($0 + product).assumingMemoryBound(to: UInt8.self) })
  }
}
