import OctetCore

/// How the parts of multi-dimensional indices lie in a tensor, for gathering and scattering.
struct IndexVectors: Hashable, Sendable {
  /// The extents of the indices' other axes.
  let batchExtents: [Int]
  /// Where each index begins.
  let starts: StridedPositions
  /// From one part of an index to the next.
  let stride: Int

  /// - Parameters:
  ///   - axis: the axis that holds the parts; the rank where each index has just one.
  ///   - map: the axis of `tensor` that each part counts along.
  ///   - option: what the map is called, in messages.
  /// - Throws: `.invalidOption`.
  init(
    _ indices: Shape, axis: Int, map: [Int], into tensor: Shape, option: String
  ) throws(OctetError) {
    guard (0...indices.rank).contains(axis) else { throw .option("index_vector_dim", axis) }
    let hasAxis = axis < indices.rank
    guard map.count == (hasAxis ? indices[axis] : 1) else { throw .option(option, map) }
    try tensor.checkAxes(map, option: option)
    let batchAxes = indices.axes(except: [axis])
    batchExtents = batchAxes.map { indices[$0] }
    starts = StridedPositions(indices, axes: batchAxes)
    stride = hasAxis ? indices.strides[axis] : 1
  }
}
