import OctetCore

extension Sparsity {
  /// The number of elements that a buffer of this layout holds for a tensor of this shape.
  ///
  /// Level by level along the traversal order: a dense dimension multiplies the number of positions
  /// by its extent; a compressed one has a segment for each position and as many new positions as
  /// indices.
  ///
  /// - Throws: `.malformedModel` where the order, the blocks, a segment or an index contradicts the
  ///   shape.
  /// - Source: TFLite `FormatConverter`, which trusts the file.
  public func storedElementCount(shape: [Int]) throws(OctetError) -> Int {
    let extents = try blockedExtents(shape: shape)
    var positions = 1
    for (level, dimension) in zip(traversalOrder, dimensions) {
      let extent = extents[Int(level)]
      switch dimension {
      case .dense(let size):
        guard Int(size) == extent else {
          throw Self.error("dense dimension \(level) has size \(size), expected \(extent)")
        }
        let (product, overflow) = positions.multipliedReportingOverflow(by: extent)
        guard !overflow else { throw Self.error("its dimensions overflow") }
        positions = product
      case .compressed(let segments, let indices):
        let segments = segments?.values ?? []
        let indices = indices?.values ?? []
        guard segments.count - 1 == positions, segments.first == 0,
          segments.last == indices.count,
          zip(segments, segments.dropFirst()).allSatisfy({ $0 <= $1 })
        else {
          throw Self.error("the segments of dimension \(level) don't divide its indices")
        }
        guard indices.allSatisfy({ $0 >= 0 && $0 < extent }) else {
          throw Self.error("an index of dimension \(level) is outside its extent \(extent)")
        }
        positions = indices.count
      }
    }
    return positions
  }

  /// The extents of the dimensions divided by their blocks', then those of the block dimensions.
  private func blockedExtents(shape: [Int]) throws(OctetError) -> [Int] {
    let rank = shape.count
    let count = rank + blockMap.count
    guard traversalOrder.count == count, dimensions.count == count,
      traversalOrder.prefix(rank).sorted() == (0..<rank).map(Int32.init),
      traversalOrder.dropFirst(rank).sorted() == (rank..<count).map(Int32.init)
    else {
      throw Self.error("its traversal order is no permutation of the dimensions and blocks")
    }
    var extents = shape + [Int](repeating: 0, count: blockMap.count)
    for (level, dimension) in zip(traversalOrder, dimensions) where level >= rank {
      guard case .dense(let size) = dimension, size > 0 else {
        throw Self.error("block dimension \(level) is not dense or has no size")
      }
      let divided = Int(blockMap[Int(level) - rank])
      guard (0..<rank).contains(divided), extents[divided] % Int(size) == 0 else {
        throw Self.error("blocks of \(size) don't divide dimension \(divided)")
      }
      extents[divided] /= Int(size)
      extents[Int(level)] = Int(size)
    }
    return extents
  }

  private static func error(_ reason: String) -> OctetError {
    OctetError(.malformedModel(reason: "sparsity: \(reason)"))
  }
}

extension SparseIndices {
  /// Value `index`, whatever its width.
  subscript(index: Int) -> Int {
    switch self {
    case .int32(let values): Int(values[index])
    case .uint16(let values): Int(values[index])
    case .uint8(let values): Int(values[index])
    }
  }

  /// The values, whatever their width.
  public var values: [Int] {
    switch self {
    case .int32(let values): values.map(Int.init)
    case .uint16(let values): values.map(Int.init)
    case .uint8(let values): values.map(Int.init)
    }
  }
}
