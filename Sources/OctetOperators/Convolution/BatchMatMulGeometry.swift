import OctetCore

/// The extents of a batched matrix product, checked against each other.
package struct BatchMatMulGeometry: Hashable, Sendable {
  /// Rows of the left matrix and of the result.
  package var rows: Int
  /// Columns of the right matrix and of the result.
  package var columns: Int
  /// Columns of the left and rows of the right matrix.
  package var depth: Int
  package var transposesLeft: Bool
  package var transposesRight: Bool
  /// How the outer dimensions are broadcast.
  package var batches: Broadcasting
  /// `[..., rows, columns]`
  package var outputShape: Shape

  /// Checks ranks and extents.
  ///
  /// - Throws: `.wrongCount`, `.invalidShape`, `.shapesDoNotBroadcast`.
  init(_ options: BatchMatMul.Options, _ inputs: Operands) throws(OctetError) {
    try inputs.expectCount(2...2)
    let left = try inputs.required(0, "left").shape
    let right = try inputs.required(1, "right").shape
    for shape in [left, right] where !(2...5).contains(shape.rank) {
      throw OctetError(.invalidShape(shape.dimensions, reason: "the rank must be 2 to 5"))
    }
    transposesLeft = options.transposesLeft
    transposesRight = options.transposesRight
    rows = left[left.rank - (transposesLeft ? 1 : 2)]
    depth = left[left.rank - (transposesLeft ? 2 : 1)]
    columns = right[right.rank - (transposesRight ? 2 : 1)]
    guard right[right.rank - (transposesRight ? 1 : 2)] == depth else {
      throw OctetError(
        .invalidShape(right.dimensions, reason: "there must be \(depth) terms in each sum"))
    }
    batches = try Broadcasting([
      try Shape(Array(left.dimensions.dropLast(2))), try Shape(Array(right.dimensions.dropLast(2))),
    ])
    outputShape = try Shape(batches.shape.dimensions + [rows, columns])
  }

  /// Whether all left matrices, of which none is repeated, share one right matrix: their rows are those
  /// of a single product.
  package func sharesRightMatrix(left: Shape) -> Bool {
    batches.strides[1].allSatisfy { $0 == 0 }
      && left.elementCount == batches.shape.elementCount * rows * depth
  }

  /// Visits each product with the places of its matrices among those of the inputs.
  @inline(__always)
  package func forEachProduct(_ body: (_ product: Int, _ left: Int, _ right: Int) -> Void) {
    for run in 0..<batches.runCount {
      let (left, right) = (
        batches.start(ofRun: run, inInput: 0), batches.start(ofRun: run, inInput: 1)
      )
      for position in 0..<batches.runLength {
        body(
          run * batches.runLength + position, left + position * batches.step(ofInput: 0),
          right + position * batches.step(ofInput: 1))
      }
    }
  }

  /// Visits each row of each left matrix with the right matrix that it is multiplied by.
  ///
  /// - Parameters:
  ///   - load: what the elements of the row become.
  ///   - body: receives the row, the right matrix column after column, and the index of the
  ///     row's first output.
  @inline(__always)
  func forEachRow<Left: BitwiseCopyable, Right: BitwiseCopyable, Lane: BitwiseCopyable>(
    _ buffers: KernelBuffers, _ leftType: Left.Type, _ rightType: Right.Type,
    load: (Left) -> Lane,
    _ body: (_ row: UnsafePointer<Lane>, _ right: UnsafePointer<Right>, _ output: Int) -> Void
  ) {
    let left = buffers.input(0, as: leftType)
    let right = buffers.input(1, as: rightType)
    let rightSize = depth * columns
    withUnsafeTemporaryAllocation(of: Right.self, capacity: max(rightSize, 1)) { matrix in
      withUnsafeTemporaryAllocation(of: Lane.self, capacity: max(depth, 1)) { vector in
        guard let columnsOfRight = matrix.baseAddress, let rowOfLeft = vector.baseAddress
        else { return }
        forEachProduct { product, leftMatrix, rightMatrix in
          let (leftStart, rightStart) = (leftMatrix * rows * depth, rightMatrix * rightSize)
          for column in 0..<columns {
            for i in 0..<depth {
              columnsOfRight[column * depth + i] =
                right[rightStart + (transposesRight ? column * depth + i : i * columns + column)]
            }
          }
          for row in 0..<rows {
            for i in 0..<depth {
              rowOfLeft[i] = load(
                left[leftStart + (transposesLeft ? i * rows + row : row * depth + i)])
            }
            body(rowOfLeft, columnsOfRight, (product * rows + row) * columns)
          }
        }
      }
    }
  }
}
