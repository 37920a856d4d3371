import OctetCore

extension StridedCopy {
  /// A copy of dense diagonals into the diagonals of matrices of shape `[…, m, n]`.
  ///
  /// - Parameter count: the number of diagonal elements of all matrices.
  /// - Throws: `.invalidShape` where matrices of this shape have another number.
  init(diagonals count: Int, ofMatrices shape: Shape) throws(OctetError) {
    let (rows, columns) = (shape[shape.rank - 2], shape[shape.rank - 1])
    let length = min(rows, columns)
    let matrixCount = shape.elementCount == 0 ? 0 : shape.elementCount / (rows * columns)
    guard count == matrixCount * length else {
      throw OctetError(
        .invalidShape(shape.dimensions, reason: "the diagonals do not have \(count) elements"))
    }
    try self.init(
      extents: [matrixCount, length],
      source: Placement(strides: [length, 1], elementCount: count),
      destination: Placement(
        strides: [max(shape.elementCount, 1) / max(matrixCount, 1), columns + 1],
        elementCount: shape.elementCount))
  }
}
