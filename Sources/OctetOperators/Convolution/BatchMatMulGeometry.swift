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
        var output = 0
        for run in 0..<batches.runCount {
          for batch in 0..<batches.runLength {
            let leftStart =
              (batches.start(ofRun: run, inInput: 0) + batch * batches.step(ofInput: 0))
              * rows * depth
            let rightStart =
              (batches.start(ofRun: run, inInput: 1) + batch * batches.step(ofInput: 1))
              * rightSize
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
              body(rowOfLeft, columnsOfRight, output)
              output += columns
            }
          }
        }
      }
    }
  }
}
