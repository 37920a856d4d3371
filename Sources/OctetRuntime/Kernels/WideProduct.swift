import COctetKernels
import OctetCore
import OctetOperators

/// A product of int16 activations and int8 weights, with its packed weights.
///
/// It points into the kernel table and into its own memory, which don't change: safe to share between
/// threads.
final class WideProduct: PartialProduct, @unchecked Sendable {
  /// In memory of its own, which every run hands on.
  private let product: UnsafeMutablePointer<ok_wide_product>
  private let stage: WideStage
  private let packed: Bytes
  let scratchByteCount: Int

  /// A convolution with all of the stage's channels.
  ///
  /// - Parameters:
  ///   - window: its channels are those of one group.
  ///   - part: names the part among those of the operator, so that packed weights are told apart.
  ///   - select: takes the weights, `[O, KH, KW, C]`, from the filter; nil takes it as it is.
  init(
    _ stage: WideStage, _ window: ok_window, groupCount: Int, part: String = "",
    kernel: UnsafePointer<ok_gemm_kernel>, _ selection: KernelSelection,
    select: ((UnsafeRawBufferPointer) -> [UInt8])? = nil
  ) {
    self.stage = stage
    product = .allocate(capacity: 1)
    product.initialize(
      to: ok_wide_product(
        kernel: kernel, window: window, groups: groupCount,
        output_channels: stage.channelCount / groupCount, is_narrow: stage.isNarrow))
    scratchByteCount = ok_wide_scratch_size(product)
    let filter = stage.filter
    let form = "\(String(cString: kernel.pointee.name)), int16, \(part)"
    packed = selection.derivedWeights(
      for: DerivedWeightsKey(
        filter, form: form,
        numbers: [
          groupCount, stage.channelCount, stage.isNarrow ? 1 : 0, window.filter_height,
          window.filter_width, window.input_channels,
        ]),
      byteCount: ok_wide_packed_size(product)
    ) { [product] memory in
      func pack(_ weights: UnsafeRawBufferPointer) {
        ok_wide_pack(
          product, weights.assumingMemoryBound(to: Int8.self).baseAddress, memory.baseAddress)
      }
      filter.withUnsafeBytes { filter in
        if let select {
          select(filter).withUnsafeBytes(pack)
        } else {
          pack(filter)
        }
      }
    }
  }

  deinit {
    product.deallocate()
  }

  var kernelName: String { String(cString: product.pointee.kernel.pointee.name) }

  var window: ok_window { product.pointee.window }

  var outputChannels: Int { stage.channelCount }

  var elementByteCount: Int { MemoryLayout<Int16>.size }

  func run(
    _ input: UnsafeRawPointer?, _ output: UnsafeMutableRawPointer?,
    scratch: UnsafeMutableRawPointer?, _ workers: WorkerPool?
  ) {
    ok_wide_run(
      product, stage.stage, packed.withUnsafeBytes { $0.baseAddress },
      input?.assumingMemoryBound(to: Int16.self), output?.assumingMemoryBound(to: Int16.self),
      scratch, workers?.handle)
  }
}
