import OctetCore

/// How tensors that differ only along one axis lie in their concatenation along that axis.
///
/// The whole is read as `outerCount` rows of `rowLength` elements; each part owns a piece of every
/// row.
package struct Partition: Hashable, Sendable {
  package var outerCount: Int
  package var rowLength: Int
  /// Elements of each part in one row.
  package var pieceLengths: [Int]

  /// - Parameters:
  ///   - whole: the concatenation, which must have rank 1 or more.
  ///   - sizes: the parts' extents along `axis`, whose sum is the whole's.
  init(_ whole: Shape, axis: Int, sizes: [Int]) {
    // With a zero extent anywhere there is nothing to place, and the products mean nothing.
    guard whole.elementCount > 0 else {
      outerCount = 0
      rowLength = 0
      pieceLengths = sizes.map { _ in 0 }
      return
    }
    let innerCount = whole.strides[axis]
    rowLength = whole[axis] * innerCount
    outerCount = whole.elementCount / rowLength
    pieceLengths = sizes.map { $0 * innerCount }
  }

  /// Copies that take the parts out of the whole, one output for each part.
  func splitting(
    input: Int, width: ElementWidth
  ) throws(OctetError) -> MovementPlan {
    var steps: [MovementPlan.Step] = []
    var start = 0
    for (index, length) in pieceLengths.enumerated() {
      let copy = try StridedCopy(
        extents: [outerCount, length],
        source: placement(start: start),
        destination: StridedCopy.Placement(
          strides: [length, 1], elementCount: outerCount * length))
      steps.append(MovementPlan.Step(input: input, output: index, copy: copy))
      start += length
    }
    return MovementPlan(width: width, steps: steps)
  }

  /// Copies that put the parts into the whole, one input for each part.
  func joining(width: ElementWidth) throws(OctetError) -> MovementPlan {
    var steps: [MovementPlan.Step] = []
    var start = 0
    for (index, length) in pieceLengths.enumerated() {
      let copy = try StridedCopy(
        extents: [outerCount, length],
        source: StridedCopy.Placement(strides: [length, 1], elementCount: outerCount * length),
        destination: placement(start: start))
      steps.append(MovementPlan.Step(input: index, copy: copy))
      start += length
    }
    return MovementPlan(width: width, steps: steps)
  }

  private func placement(start: Int) -> StridedCopy.Placement {
    StridedCopy.Placement(
      start: start, strides: [rowLength, 1], elementCount: outerCount * rowLength)
  }
}
