import OctetCore

/// Finds the slice of a tensor that a multi-dimensional index names.
struct SliceLocator: Sendable {
  /// The indexed axes.
  var extents: [Int]
  private var reader: IndexReader

  /// - Parameter indexLength: how many leading axes one index names; at most the rank.
  init(tensor: Shape, indexLength: Int, reader: IndexReader) {
    extents = [Int](tensor.dimensions.prefix(indexLength))
    self.reader = reader
  }

  /// Checks indices that are known before the graph runs.
  ///
  /// - Throws: `.invalidArgument` for an index outside its axis.
  func checkConstant(_ indices: TensorSpec) throws(OctetError) {
    try reader.checkConstant(indices, extents: extents)
  }

  /// The elements that one index names.
  func sliceLength(in tensor: Shape) throws(OctetError) -> Int {
    try Shape([Int](tensor.dimensions.dropFirst(extents.count))).elementCount
  }

  /// Which slice index number `number` names, counted in slices; nil where it is outside.
  @inline(__always)
  func start(of number: Int, _ buffers: KernelBuffers, indices input: Int) -> Int? {
    var position = 0
    for (axis, extent) in extents.enumerated() {
      let index = reader.read(buffers, input, at: number &* extents.count &+ axis)
      guard index >= 0, index < extent else { return nil }
      position = position &* extent &+ index
    }
    return position
  }
}
