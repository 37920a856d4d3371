import COctetKernels
import OctetCore
import OctetOperators

/// int8 matrices of the same extents that quantized rows are multiplied by.
///
/// Constants are packed once for all that share the model; others each time they are used.
struct IntegerMatrices: Sendable {
  private let packing: IntegerMatrixPacking
  /// Packed matrices, one behind the other; nil where they are packed when they are used.
  private let packed: Bytes?

  /// The matrices of an operand; nil where packed ones take far more memory.
  init?(_ operand: TensorSpec, _ packing: IntegerMatrixPacking, _ selection: KernelSelection) {
    self.packing = packing
    let size = packing.packedByteCount
    let matrixCount =
      operand.constant == nil ? 1 : operand.shape.elementCount / packing.elementCount
    // A matrix with few columns is filled up to whole tiles.
    guard
      size * matrixCount
        <= 4 * packing.elementCount * matrixCount + maximumScratchByteCount / 16
    else { return nil }
    packed = operand.constant.map { constant in
      selection.derivedWeights(
        for: packing.key(constant, matrixCount: matrixCount), byteCount: size * matrixCount
      ) { memory in
        withUnsafeTemporaryAllocation(byteCount: packing.elementCount, alignment: 64) { columns in
          constant.withUnsafeBytes { elements in
            for matrix in 0..<matrixCount {
              packing.pack(
                elements.baseAddress.map { $0 + matrix * packing.elementCount },
                columns: columns.baseAddress, memory.baseAddress.map { $0 + matrix * size })
            }
          }
        }
      }
    }
  }

  /// The scratch memory for a matrix that isn't constant.
  var scratchByteCount: Int {
    packed == nil ? packing.packedByteCount + packing.elementCount : 0
  }

  /// A packed matrix: where it stands, or packed into scratch memory now.
  ///
  /// - Parameter elements: all matrices; used where they are not constant.
  func matrix(
    _ index: Int, _ elements: UnsafePointer<UInt8>?, scratch: UnsafeMutableRawPointer?
  ) -> UnsafeRawPointer? {
    if let packed {
      // The memory lives as long as `packed`.
      return packed.withUnsafeBytes { $0.baseAddress.map { $0 + index * packing.packedByteCount } }
    }
    packing.pack(
      elements.map { $0 + index * packing.elementCount },
      columns: scratch.map { $0 + packing.packedByteCount }, scratch)
    return UnsafeRawPointer(scratch)
  }

  /// The sums of a packed matrix's columns; nil where nothing needs them.
  func columnSums(_ matrix: UnsafeRawPointer?) -> UnsafePointer<Int32>? {
    packing.needsSums
      ? matrix.map { ($0 + packing.weightByteCount).assumingMemoryBound(to: Int32.self) } : nil
  }
}

/// How an int8 matrix is packed for a product of bytes whose sums alone are taken: its weights, then the
/// sums of its columns where they are needed.
///
/// Its memory doesn't change: safe to share between threads.
struct IntegerMatrixPacking: @unchecked Sendable {
  let product: PlannedProduct
  /// Whether a matrix stands column after column, `[N, K]`, rather than row after row.
  let isTransposed: Bool
  let needsSums: Bool
  let loops: Loops

  private var depth: Int { product.window.input_channels }

  private var columns: Int { product.outputChannels }

  /// Elements of a matrix.
  var elementCount: Int { depth * columns }

  /// The bytes of the packed weights, a multiple of 64.
  var weightByteCount: Int { product.packedByteCount }

  /// The bytes of a packed matrix, a multiple of 64.
  var packedByteCount: Int {
    weightByteCount + (needsSums ? (columns * MemoryLayout<Int32>.stride + 63) / 64 * 64 : 0)
  }

  /// Packs a matrix.
  ///
  /// - Parameter columns: memory for as many bytes as the matrix has elements.
  func pack(
    _ matrix: UnsafeRawPointer?, columns memory: UnsafeMutableRawPointer?,
    _ packed: UnsafeMutableRawPointer?
  ) {
    guard let matrix, let memory, let packed else { return }
    let weights = memory.assumingMemoryBound(to: UInt8.self)
    if isTransposed {
      weights.update(
        from: matrix.assumingMemoryBound(to: UInt8.self), count: elementCount)
    } else {
      var transposition = ok_transposition()
      transposition.element_bytes = 1
      transposition.rows = depth
      transposition.columns = columns
      transposition.input_row = columns
      transposition.output_row = depth
      ok_transpose(loops.table, &transposition, matrix, memory, loops.pool)
    }
    if needsSums {
      ok_add_up(
        loops.table, true, weights, columns, depth, 1,
        (packed + weightByteCount).assumingMemoryBound(to: Int32.self), loops.pool)
    }
    if !product.pointer.pointee.is_signed {
      // uint8 with zero point 128.
      for index in 0..<elementCount { weights[index] ^= 0x80 }
    }
    ok_gemm_pack(product.pointer, weights, nil, packed)
  }

  /// Everything that packed matrices follow from.
  func key(_ matrices: Bytes, matrixCount: Int) -> DerivedWeightsKey {
    DerivedWeightsKey(
      matrices, form: "matrices for sums of \(product.kernelName)",
      numbers: [
        matrixCount, depth, columns, isTransposed ? 1 : 0, needsSums ? 1 : 0,
        Int(product.pointer.pointee.input_zero_point), packedByteCount,
      ] + product.layout.packedForm)
  }
}
