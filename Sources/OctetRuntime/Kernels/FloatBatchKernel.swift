import COctetKernels
import OctetCore
import OctetOperators

/// Products of batches of float matrices, ready to run.
struct FloatBatchKernel: Sendable {
  private let geometry: BatchMatMulGeometry
  /// Whether all left matrices stand one below the other and share a right one: a single product.
  private let isSingleProduct: Bool
  private let product: FloatProduct

  /// A batched product; nil for other types.
  init?(_ plan: BatchMatMul.Plan, _ inputs: [TensorSpec?], _ selection: KernelSelection) {
    geometry = plan.geometry
    guard case .float = plan.arithmetic, inputs.count == 2, let left = inputs[0],
      let right = inputs[1]
    else { return nil }
    let (rows, columns, depth) = (geometry.rows, geometry.columns, geometry.depth)
    isSingleProduct = !geometry.transposesLeft && geometry.sharesRightMatrix(left: left.shape)
    let rowCount = isSingleProduct ? geometry.batches.shape.elementCount * rows : rows
    let matrixSize = depth * columns
    var weights = FloatWeights(
      right.constant,
      ok_weight_strides(
        output_channel: geometry.transposesRight ? depth : 1, plane: 0, row: 0, column: 0,
        input_channel: geometry.transposesRight ? 1 : columns))
    weights.matrixCount = matrixSize == 0 ? 1 : right.shape.elementCount / matrixSize
    weights.matrixStride = matrixSize
    guard
      let gemm = ok_float_gemm(
        ok_window(rows: rowCount, depth: depth), pixelStride: depth, outputChannels: columns,
        outputStride: columns, -.infinity, .infinity, selection),
      let product = FloatProduct(gemm, weights, selection)
    else { return nil }
    self.product = product
  }

  /// The left matrix in the order of rows.
  private var transposedByteCount: Int {
    geometry.transposesLeft ? geometry.rows * geometry.depth * MemoryLayout<Float>.stride : 0
  }

  /// The operator with this kernel.
  func prepared(plan: any Sendable) -> PreparedOperator {
    PreparedOperator(
      plan: plan, kernelName: product.kernelName,
      scratchByteCount: product.scratchByteCount + transposedByteCount
    ) { run($0) }
  }

  private func run(_ buffers: KernelBuffers) {
    let left = buffers.input(0, as: Float.self).baseAddress
    let right = buffers.input(1, as: Float.self).baseAddress
    let output = buffers.output(0, as: Float.self).baseAddress
    let scratch = buffers.scratch.baseAddress
    guard !isSingleProduct else {
      return product.run(
        product.packed(matrix: 0, right, scratch: scratch), bias: nil, input: left, output: output,
        scratch: scratch)
    }
    let transposed = scratch.map {
      ($0 + product.scratchByteCount).assumingMemoryBound(to: Float.self)
    }
    let resultSize = geometry.rows * geometry.columns
    var packed: (matrix: Int, address: UnsafeRawPointer?)?
    geometry.forEachProduct { batch, leftMatrix, rightMatrix in
      let address =
        packed?.matrix == rightMatrix
        ? packed?.address : product.packed(matrix: rightMatrix, right, scratch: scratch)
      packed = (rightMatrix, address)
      var rows = left.map { $0 + leftMatrix * geometry.rows * geometry.depth }
      if geometry.transposesLeft {
        ok_transpose_floats(rows, geometry.depth, geometry.rows, transposed)
        rows = UnsafePointer(transposed)
      }
      product.run(
        address, bias: nil, input: rows, output: output.map { $0 + batch * resultSize },
        scratch: scratch)
    }
  }
}
