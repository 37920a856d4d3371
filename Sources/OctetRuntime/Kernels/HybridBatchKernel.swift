import COctetKernels
import OctetCore
import OctetOperators

/// Products of batches of float matrices with int8 ones, ready to run: all rows are quantized first,
/// then multiplied as bytes, and the sums become floats where they stand.
///
/// Its memory doesn't change: safe to share between threads.
struct HybridBatchKernel: @unchecked Sendable {
  private let geometry: BatchMatMulGeometry
  private let product: PlannedProduct
  /// Those of all left matrices.
  private let rows: ok_dynamic_rows
  private let right: IntegerMatrices
  private let stage: HybridStage
  private let scratch: HybridScratch
  private let loops: Loops
  private let isSingleProduct: Bool

  /// A batched product; nil for other types, and for matrices without elements.
  init?(_ plan: BatchMatMul.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
    geometry = plan.geometry
    guard case .hybrid(let arithmetic, _, _) = plan.arithmetic, inputs.count == 2,
      let left = inputs[0], let right = inputs[1], geometry.outputShape.elementCount > 0,
      geometry.depth > 0, let kernel = selection.matrixKernel, let lane = selection.hybridLane,
      let loops = selection.loops
    else { return nil }
    isSingleProduct = geometry.sharesRightMatrix(left: left.shape)
    let rowCount = left.shape.elementCount / geometry.depth
    rows = ok_dynamic_rows(
      count: rowCount, length: geometry.depth, lane: lane, isAsymmetric: arithmetic.isAsymmetric)
    let product = PlannedProduct(
      ofSums: ok_window(rows: isSingleProduct ? rowCount : geometry.rows, depth: geometry.depth),
      ChannelGroups(pixelChannels: geometry.depth, outputs: geometry.columns),
      outputChannels: geometry.columns, lane: lane, isAsymmetric: arithmetic.isAsymmetric,
      kernel: kernel)
    guard let stage = HybridStage(arithmetic, weightSums: nil, outputsPerRow: 1, loops),
      let scratch = HybridScratch(
        rows, inputCount: left.shape.elementCount,
        rest: product.layout.scratch_size * loops.threadCount),
      let matrices = IntegerMatrices(
        right,
        IntegerMatrixPacking(
          product: product, isTransposed: geometry.transposesRight,
          needsSums: arithmetic.isAsymmetric, loops: loops), selection)
    else { return nil }
    self.product = product
    self.right = matrices
    self.stage = stage
    self.scratch = scratch
    self.loops = loops
  }

  /// A left matrix in the order of rows.
  private var transposedByteCount: Int {
    geometry.transposesLeft ? geometry.rows * geometry.depth * MemoryLayout<Float>.stride : 0
  }

  /// The operator with this kernel.
  func prepared(plan: any Sendable) -> PreparedOperator {
    // Matrices that are transposed and those that are packed take turns.
    PreparedOperator(
      plan: plan, kernelName: product.kernelName,
      scratchByteCount: scratch.byteCount + max(transposedByteCount, right.scratchByteCount)
    ) { run($0) }
  }

  private func run(_ buffers: KernelBuffers) {
    guard let memory = scratch.divide(buffers), let base = buffers.scratch.baseAddress,
      let output = buffers.output(0, as: Int32.self).baseAddress
    else { return }
    let operands = base + scratch.byteCount
    quantizeRows(buffers, memory.lanes, memory.rows, transposed: operands)
    let elements = buffers.input(1, as: UInt8.self).baseAddress
    var packed: (matrix: Int, address: UnsafeRawPointer?)?
    func multiply(_ leftMatrix: Int, _ rightMatrix: Int, _ output: UnsafeMutablePointer<Int32>) {
      let address =
        packed?.matrix == rightMatrix
        ? packed?.address : right.matrix(rightMatrix, elements, scratch: operands)
      packed = (rightMatrix, address)
      let row = leftMatrix * geometry.rows
      stage.withStage(buffers, memory.rows + row, computedSums: right.columnSums(address)) {
        stage in
        ok_gemm_run_sums(
          product.pointer, address, memory.lanes + row * geometry.depth, output, ok_hybrid_finish,
          stage, memory.rest, loops.pool)
      }
    }
    guard !isSingleProduct else { return multiply(0, 0, output) }
    let resultSize = geometry.rows * geometry.columns
    geometry.forEachProduct { multiply($1, $2, output + $0 * resultSize) }
  }

  /// Quantizes all rows.
  ///
  /// - Parameter transposed: memory for a matrix whose rows stand as columns.
  private func quantizeRows(
    _ buffers: KernelBuffers, _ lanes: UnsafeMutableRawPointer,
    _ quantizations: UnsafeMutablePointer<ok_row_quantization>,
    transposed memory: UnsafeMutableRawPointer
  ) {
    let left = buffers.input(0, as: Float.self).baseAddress
    var rows = rows
    guard geometry.transposesLeft else {
      return ok_quantize_rows(loops.table, &rows, left, lanes, quantizations, loops.pool)
    }
    let transposed = memory.assumingMemoryBound(to: Float.self)
    let size = geometry.rows * geometry.depth
    rows.count = geometry.rows
    for matrix in 0..<(self.rows.count / geometry.rows) {
      ok_transpose_floats(
        left.map { $0 + matrix * size }, geometry.depth, geometry.rows, transposed)
      ok_quantize_rows(
        loops.table, &rows, transposed, lanes + matrix * size,
        quantizations + matrix * geometry.rows, loops.pool)
    }
  }
}
