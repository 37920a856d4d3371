import COctetKernels
import OctetCore
import OctetOperators

/// The loops of recurrent cells in vectors.
///
/// It holds the memory of one run: not to be shared between threads.
struct VectorCellLoops: CellLoops, @unchecked Sendable {
  let loops: Loops
  /// The products with constant float matrices.
  var products: [CellProduct] = []
  /// Memory for the products to work in.
  var scratch: UnsafeMutableRawPointer?

  func multiply(
    _ vector: UnsafePointer<Int16>, _ matrix: UnsafePointer<Int8>, rows: Int, depth: Int,
    into sums: UnsafeMutablePointer<Int32>
  ) {
    ok_multiply_rows(loops.table, vector, matrix, rows, depth, sums)
  }

  func add(
    _ sums: UnsafePointer<Int32>, bias: UnsafePointer<Int32>?, times factor: QuantizedMultiplier,
    replacing: Bool, to values: UnsafeMutablePointer<Int16>, count: Int
  ) {
    var sum = ok_gate_sum(
      bias: bias, multiplier: factor.mantissaQ31, exponent: factor.exponent, replaces: replacing)
    ok_add_to_gate(loops.table, &sum, sums, values, count)
  }

  func slide(
    _ windows: UnsafeMutablePointer<Int16>, to newest: UnsafePointer<Int16>,
    weights: UnsafePointer<Int16>, count: Int, length: Int, into sums: UnsafeMutablePointer<Int32>
  ) {
    var windows = ok_windows(values: windows, count: count, length: length)
    ok_slide_windows(loops.table, &windows, newest, weights, sums)
  }

  func applyLogistic(_ values: UnsafeMutablePointer<Int16>, count: Int, integerBits: Int16) {
    ok_logistic_16(loops.table, values, count, Int32(integerBits))
  }

  func applyHyperbolicTangent(
    _ values: UnsafeMutablePointer<Int16>, count: Int, integerBits: Int16
  ) {
    ok_tanh_16(loops.table, values, count, Int32(integerBits))
  }

  func quantize(
    _ values: UnsafePointer<Float>, count: Int, asymmetrically: Bool,
    into lanes: UnsafeMutablePointer<Int16>
  ) -> Float {
    var rows = ok_dynamic_rows(
      count: 1, lines: 1, line_length: count, lane: OK_LANE_DISTANCE,
      is_asymmetric: asymmetrically, row_stride: count, line_stride: 0, margin: 0)
    var quantization = ok_row_quantization()
    ok_quantize_rows(loops.table, &rows, values, lanes, &quantization, nil)
    return quantization.scale
  }

  func accumulate(
    _ vector: UnsafePointer<Float>, _ matrix: UnsafePointer<Float>, rows: Int, depth: Int,
    into sums: UnsafeMutablePointer<Float>
  ) {
    let product = products.first { $0.isOf(matrix, rows: rows, depth: depth) }
    guard let product else {
      ReferenceCellLoops().accumulate(vector, matrix, rows: rows, depth: depth, into: sums)
      return
    }
    // What the sums are so far is added last, like a bias.
    product.run(vector, addingTo: sums, scratch: scratch)
  }

  func applyLogistic(_ values: UnsafeMutablePointer<Float>, count: Int) {
    apply(OK_REAL_LOGISTIC, values, count)
  }

  func applyHyperbolicTangent(_ values: UnsafeMutablePointer<Float>, count: Int) {
    apply(OK_REAL_HYPERBOLIC_TANGENT, values, count)
  }

  private func apply(
    _ operation: ok_real_operation, _ values: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    var function = ok_real_function()
    function.operation = operation
    ok_map_reals(loops.table, &function, values, values, count, nil)
  }
}

/// The product of a constant matrix with one vector after the other, ready to run.
struct CellProduct: Sendable {
  private let product: FloatProduct
  /// Keeps the matrix where it is.
  private let constant: Bytes
  private let rows: Int
  private let depth: Int

  /// Matrices of fewer elements are multiplied sooner than a product is set up.
  private static let minimumElementCount = 512

  /// A product; nil where the operand is no constant matrix of floats, or a small one.
  init?(_ operand: TensorSpec, _ selection: KernelSelection) {
    let shape = operand.shape
    guard operand.type == .float32, let constant = operand.constant, shape.rank == 2,
      shape.elementCount >= Self.minimumElementCount,
      constant.count == shape.elementCount * MemoryLayout<Float>.stride
    else { return nil }
    (rows, depth) = (shape[0], shape[1])
    self.constant = constant
    let window = ok_window(rows: 1, depth: depth)
    guard
      let gemm = ok_float_gemm(
        window, pixelStride: depth, outputChannels: rows, outputStride: rows, -.infinity,
        .infinity, selection),
      let product = FloatProduct(
        gemm, FloatWeights(constant, rowsOfChannels: window), selection)
    else { return nil }
    self.product = product
  }

  /// The scratch memory that runs need. A multiple of 64.
  var scratchByteCount: Int { product.scratchByteCount }

  /// Whether the matrix stands there.
  func isOf(_ matrix: UnsafePointer<Float>, rows: Int, depth: Int) -> Bool {
    rows == self.rows && depth == self.depth
      && constant.withUnsafeBytes { $0.baseAddress == UnsafeRawPointer(matrix) }
  }

  /// Adds the product with a vector to `sums`.
  func run(
    _ vector: UnsafePointer<Float>, addingTo sums: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutableRawPointer?
  ) {
    product.run(
      product.packed(matrix: 0, nil, scratch: nil), bias: sums, input: vector, output: sums,
      scratch: scratch)
  }
}

extension KernelSelection {
  /// The kernel of a recurrent operator with these loops inside.
  func replacingCellLoops(
    of reference: PreparedOperator, inputs: [TensorSpec?]
  ) -> PreparedOperator? {
    guard let loops else { return nil }
    let products = inputs.compactMap { $0.flatMap { CellProduct($0, self) } }
    let offset = (reference.scratchByteCount + 63) / 64 * 64
    let productScratch = products.map(\.scratchByteCount).max() ?? 0
    return loops.prepared(
      reference.plan, name: "cells", sharedScratchByteCount: offset + productScratch
    ) { buffers, loops in
      var buffers = buffers
      buffers.cellLoops = VectorCellLoops(
        loops: loops, products: products, scratch: buffers.scratch.baseAddress.map { $0 + offset })
      reference.run(buffers)
    }
  }

  /// The loops of recurrent cells; nil where only those of the reference are allowed.
  package var cellLoops: (any CellLoops)? { loops.map { VectorCellLoops(loops: $0) } }
}
