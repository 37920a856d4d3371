import COctetKernels
import OctetCore
import OctetOperators

/// Products of an input with one or more matrices of float weights of the same extents, ready to run.
///
/// Constant weights are packed once for all that share the model; others each time they are used.
///
/// It points into the kernel table, which is constant: safe to share between threads.
struct FloatProduct: @unchecked Sendable {
  let gemm: ok_float_gemm
  private let weights: FloatWeights
  /// Packed matrices, one behind the other; nil where they are packed when they are used.
  private let packed: Bytes?
  private let packedByteCount: Int
  private let workers: WorkerPool?
  private let productScratchByteCount: Int

  /// A product; nil where it takes too much memory.
  init?(_ gemm: ok_float_gemm, _ weights: FloatWeights, _ selection: KernelSelection) {
    var gemm = gemm
    self.weights = weights
    workers = selection.workers
    packedByteCount = ok_float_gemm_packed_size(&gemm)
    productScratchByteCount = ok_float_gemm_scratch_size(&gemm) * (workers?.threadCount ?? 1)
    let weightByteCount =
      weights.elementCount(of: gemm) * MemoryLayout<Float>.stride
    // A matrix with few columns is filled up to whole vectors.
    let matrixCount = weights.constant == nil ? 1 : weights.matrixCount
    guard productScratchByteCount <= maximumScratchByteCount,
      packedByteCount * matrixCount
        <= 4 * weightByteCount * matrixCount + maximumScratchByteCount / 16
    else { return nil }
    self.gemm = gemm
    guard let constant = weights.constant else {
      packed = nil
      return
    }
    let size = packedByteCount
    packed = selection.derivedWeights(
      for: weights.packingKey(constant, gemm, byteCount: size),
      byteCount: size * weights.matrixCount
    ) { memory in
      constant.withUnsafeBytes { elements in
        let first = elements.assumingMemoryBound(to: Float.self).baseAddress
        for matrix in 0..<weights.matrixCount {
          weights.pack(matrix, first, &gemm, memory.baseAddress.map { $0 + matrix * size }, nil)
        }
      }
    }
  }

  /// The micro-kernel's name, for profiles.
  var kernelName: String { String(cString: gemm.kernel.pointee.name) }

  /// The scratch memory that runs need: all threads' parts and, unless they are constant, packed
  /// weights. A multiple of 64.
  var scratchByteCount: Int { productScratchByteCount + (packed == nil ? packedByteCount : 0) }

  /// A matrix in packed form: where it stands, or packed into scratch memory now.
  ///
  /// - Parameter elements: all weights; used where they are not constant.
  func packed(
    matrix: Int, _ elements: UnsafePointer<Float>?, scratch: UnsafeMutableRawPointer?
  ) -> UnsafeRawPointer? {
    if let packed {
      // The memory lives as long as `packed`.
      return packed.withUnsafeBytes { $0.baseAddress.map { $0 + matrix * packedByteCount } }
    }
    let memory = scratch.map { $0 + productScratchByteCount }
    withUnsafePointer(to: gemm) { weights.pack(matrix, elements, $0, memory, workers) }
    return UnsafeRawPointer(memory)
  }

  /// Computes the product with packed weights.
  func run(
    _ packed: UnsafeRawPointer?, bias: UnsafePointer<Float>?, input: UnsafePointer<Float>?,
    output: UnsafeMutablePointer<Float>?, scratch: UnsafeMutableRawPointer?
  ) {
    withUnsafePointer(to: gemm) {
      ok_float_gemm_run($0, packed, bias, input, output, scratch, workers?.handle)
    }
  }
}

/// Where a product's weights come from, and how they stand.
struct FloatWeights: Sendable {
  /// All weights, where they are known before the model runs.
  let constant: Bytes?
  /// The first weight of the first matrix, in elements.
  var first = 0
  var matrixCount = 1
  /// Elements from one matrix to the next.
  var matrixStride = 0
  let strides: ok_weight_strides

  /// Weights of output channels one after the other, each `[planes, rows, columns, channels]`.
  init(_ constant: Bytes?, rowsOfChannels window: ok_window) {
    let column = Int(window.input_channels)
    let row = Int(window.filter_width) * column
    let plane = Int(window.filter_height) * row
    self.init(
      constant,
      ok_weight_strides(
        output_channel: plane, plane: plane, row: row, column: column, input_channel: 1))
  }

  init(_ constant: Bytes?, _ strides: ok_weight_strides) {
    self.constant = constant
    self.strides = strides
  }

  /// How many weights there are in one matrix.
  fileprivate func elementCount(of gemm: ok_float_gemm) -> Int {
    let window = gemm.volume.window
    return gemm.groups * gemm.output_channels * gemm.volume.filter_depth * window.filter_height
      * window.filter_width * window.input_channels
  }

  fileprivate func pack(
    _ matrix: Int, _ elements: UnsafePointer<Float>?, _ gemm: UnsafePointer<ok_float_gemm>,
    _ memory: UnsafeMutableRawPointer?, _ workers: WorkerPool?
  ) {
    withUnsafePointer(to: strides) { strides in
      ok_float_gemm_pack(
        gemm, elements.map { $0 + first + matrix * matrixStride }, strides, memory,
        workers?.handle)
    }
  }

  /// Everything that packed weights follow from; how many zeros stand behind the panels follows from
  /// the form of rows.
  fileprivate func packingKey(
    _ constant: Bytes, _ gemm: ok_float_gemm, byteCount: Int
  ) -> DerivedWeightsKey {
    let window = gemm.volume.window
    return DerivedWeightsKey(
      constant, form: String(cString: gemm.kernel.pointee.name),
      numbers: [
        first, matrixCount, matrixStride, strides.output_channel, strides.plane, strides.row,
        strides.column, strides.input_channel, gemm.groups, gemm.output_channels,
        gemm.volume.filter_depth,
        window.filter_height, window.filter_width, window.input_channels, byteCount,
      ])
  }
}
