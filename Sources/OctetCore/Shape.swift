/// The extents of a tensor, outermost first; never negative, and their product fits in `Int`.
public struct Shape: Hashable, Sendable {
  /// The extents, outermost first; empty for a scalar.
  public let dimensions: [Int]

  /// The number of elements: the product of the extents, 1 for a scalar.
  public let elementCount: Int

  /// A scalar's shape: rank 0, one element.
  public static let scalar = Shape(unchecked: [], elementCount: 1)

  /// The shape of `count` elements in a row; `count` must not be negative.
  public static func vector(_ count: Int) -> Shape {
    precondition(count >= 0, "a negative extent")
    return Shape(unchecked: [count], elementCount: count)
  }

  private init(unchecked dimensions: [Int], elementCount: Int) {
    self.dimensions = dimensions
    self.elementCount = elementCount
  }

  /// Checks the extents and their product.
  ///
  /// - Throws: `.invalidShape` for a negative extent or a product above `Int.max`.
  public init(_ dimensions: [Int]) throws(OctetError) {
    var product = 1
    for extent in dimensions {
      guard extent >= 0 else {
        throw OctetError(.invalidShape(dimensions, reason: "an extent is negative"))
      }
      // Zero-sized tensors still need bounded strides: multiply max(extent, 1).
      let (next, overflow) = product.multipliedReportingOverflow(by: max(extent, 1))
      guard !overflow else {
        throw OctetError(
          .invalidShape(dimensions, reason: "the number of elements does not fit in 64 bits"))
      }
      product = next
    }
    self.init(unchecked: dimensions, elementCount: dimensions.contains(0) ? 0 : product)
  }

  /// The number of dimensions.
  public var rank: Int { dimensions.count }

  /// The extent of dimension `axis`, which must be in `0..<rank`.
  public subscript(axis: Int) -> Int { dimensions[axis] }

  /// The innermost extent; 1 for a scalar.
  public var lastExtent: Int { dimensions.last ?? 1 }

  /// Element strides of the dense row-major layout, one for each dimension.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    var step = 1
    for axis in stride(from: rank - 1, through: 0, by: -1) {
      strides[axis] = step
      step *= max(dimensions[axis], 1)
    }
    return strides
  }

  /// `axis` counted from the front where it is negative (−1 is the last).
  ///
  /// - Throws: `.invalidAxis` where it is outside `-rank..<rank`.
  public func normalizedAxis(_ axis: Int) throws(OctetError) -> Int {
    let normalized = axis < 0 ? axis + rank : axis
    guard normalized >= 0, normalized < rank else {
      throw OctetError(.invalidAxis(axis, rank: rank))
    }
    return normalized
  }

  /// The shape with leading ones up to `rank` dimensions; itself where it has as many.
  public func padded(toRank newRank: Int) -> Shape {
    guard newRank > rank else { return self }
    return Shape(
      unchecked: [Int](repeating: 1, count: newRank - rank) + dimensions,
      elementCount: elementCount)
  }

  /// The shape that NumPy's rules broadcast two shapes to.
  ///
  /// - Throws: `.shapesDoNotBroadcast` where extents differ and neither is 1.
  public static func broadcast(_ first: Shape, _ second: Shape) throws(OctetError) -> Shape {
    let rank = max(first.rank, second.rank)
    let left = first.padded(toRank: rank)
    let right = second.padded(toRank: rank)
    var result: [Int] = []
    for axis in 0..<rank {
      switch (left[axis], right[axis]) {
      case (let a, let b) where a == b: result.append(a)
      case (1, let b): result.append(b)
      case (let a, 1): result.append(a)
      default:
        throw OctetError(.shapesDoNotBroadcast(first.dimensions, second.dimensions))
      }
    }
    return try Shape(result)
  }
}

extension Shape: CustomStringConvertible {
  /// `[1, 224, 224, 3]`.
  public var description: String { "\(dimensions)" }
}
