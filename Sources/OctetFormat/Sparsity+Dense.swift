import OctetCore

extension Sparsity {
  /// The dense form of a buffer of this layout: what isn't stored is zero.
  ///
  /// - Throws: `.malformedModel` where the layout contradicts the shape or the size of the buffer;
  ///   `.unsupported` for elements that don't fill whole bytes; `.invalidShape`.
  /// - Complexity: O(dense size + stored size)
  /// - Source: TFLite `FormatConverter::SparseToDense`.
  public func dense(
    _ stored: Bytes, type: ElementType, shape: [Int]
  ) throws(OctetError) -> Bytes {
    let denseShape = try Shape(shape)
    guard let bitWidth = type.bitWidth, bitWidth % 8 == 0,
      let byteCount = type.byteCount(elements: denseShape.elementCount)
    else { throw OctetError(.unsupported(what: "a sparse constant of type \(type)")) }
    let storedCount = try storedElementCount(shape: shape)
    guard type.byteCount(elements: storedCount) == stored.count else {
      throw OctetError(
        .malformedModel(reason: "\(stored.count) bytes for \(storedCount) sparse \(type)"))
    }
    guard byteCount > 0 else { return Bytes([]) }
    let strides = try levelStrides(denseShape)
    let width = bitWidth / 8
    return Bytes(count: byteCount) { memory in
      stored.withUnsafeBytes { stored in
        visit(level: 0, position: 0, offset: 0, strides) { position, offset in
          let element = stored[(position * width)..<((position + 1) * width)]
          memory[(offset * width)..<((offset + 1) * width)].copyBytes(from: element)
        }
      }
    }
  }

  /// How far apart in the dense form neighbours along each level of the traversal are.
  private func levelStrides(_ shape: Shape) throws(OctetError) -> [Int] {
    let rank = shape.rank
    guard Set(blockMap).count == blockMap.count else {
      throw OctetError(.malformedModel(reason: "sparsity: a dimension has blocks twice"))
    }
    var blockSizes = [Int](repeating: 1, count: rank)
    for (level, dimension) in zip(traversalOrder, dimensions) where level >= rank {
      if case .dense(let size) = dimension {
        blockSizes[Int(blockMap[Int(level) - rank])] = Int(size)
      }
    }
    let strides = shape.strides
    return traversalOrder.map { level in
      level < rank
        ? strides[Int(level)] * blockSizes[Int(level)]
        : strides[Int(blockMap[Int(level) - rank])]
    }
  }

  /// Calls `body` with the position in the buffer and in the dense form of each stored element.
  private func visit(
    level: Int, position: Int, offset: Int, _ strides: [Int],
    _ body: (_ position: Int, _ offset: Int) -> Void
  ) {
    guard level < dimensions.count else { return body(position, offset) }
    switch dimensions[level] {
    case .dense(let size):
      for index in 0..<Int(size) {
        visit(
          level: level + 1, position: position * Int(size) + index,
          offset: offset + index * strides[level], strides, body)
      }
    case .compressed(let segments, let indices):
      guard let segments, let indices else { return }
      for entry in segments[position]..<segments[position + 1] {
        visit(
          level: level + 1, position: entry, offset: offset + indices[entry] * strides[level],
          strides, body)
      }
    }
  }
}
