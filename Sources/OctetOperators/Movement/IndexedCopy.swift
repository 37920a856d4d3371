import OctetCore

/// Builds a dense output whose element at `(i, j, …)` is the input's at `table₀[i] + table₁[j] + …`.
///
/// Serves the operators that repeat or mirror positions along each axis by itself.
public struct IndexedCopy: Hashable, Sendable {
  // For each axis, outermost first: the input offset of each output position. Never empty.
  private let offsets: [[Int]]

  /// A copy from the position `positions[axis][i]` of an input to position `i` of an output.
  ///
  /// - Throws: `.malformedModel` where a position lies outside the input.
  public init(input: Shape, positions: [[Int]]) throws(OctetError) {
    guard positions.count == input.rank, input.rank > 0 else {
      throw OctetError(.invalidShape(input.dimensions, reason: "one table for each axis is needed"))
    }
    var offsets: [[Int]] = []
    for (axis, table) in positions.enumerated() {
      let stride = input.strides[axis]
      for position in table where position < 0 || position >= input[axis] {
        throw OctetError(
          .malformedModel(reason: "position \(position) lies outside axis \(axis) of \(input)"))
      }
      offsets.append(table.map { $0 * stride })
    }
    self.offsets = offsets
  }

  /// Copies; the buffers have the element counts that the copy was made for.
  public func run(
    from source: UnsafeRawBufferPointer, to destination: UnsafeMutableRawBufferPointer,
    width: ElementWidth
  ) {
    switch width {
    case .one: run(source, destination, UInt8.self)
    case .two: run(source, destination, UInt16.self)
    case .four: run(source, destination, UInt32.self)
    case .eight: run(source, destination, UInt64.self)
    }
  }

  private func run<Element: FixedWidthInteger & BitwiseCopyable>(
    _ source: UnsafeRawBufferPointer, _ destination: UnsafeMutableRawBufferPointer,
    _ type: Element.Type
  ) {
    var written = 0
    copy(
      axis: 0, from: 0, source.assumingMemoryBound(to: type),
      destination.assumingMemoryBound(to: type), &written)
  }

  private func copy<Element: FixedWidthInteger & BitwiseCopyable>(
    axis: Int, from start: Int, _ source: UnsafeBufferPointer<Element>,
    _ destination: UnsafeMutableBufferPointer<Element>, _ written: inout Int
  ) {
    if axis < offsets.count - 1 {
      for offset in offsets[axis] {
        copy(axis: axis + 1, from: start &+ offset, source, destination, &written)
      }
    } else {
      for offset in offsets[axis] {
        destination[written] = source[start &+ offset]
        written &+= 1
      }
    }
  }
}
