import OctetCore

/// Builds a dense output whose element at `(i, j, …)` is the input's at `table₀[i] + table₁[j] + …`.
///
/// Serves the operators that repeat or mirror positions along each axis by itself.
public struct IndexedCopy: Hashable, Sendable {
  /// Neighbours in the input that are neighbours in the output.
  private struct Run: Hashable, Sendable {
    var start: Int
    var length: Int
  }

  // For each outer axis, outermost first: the input offset of each output position.
  private let offsets: [[Int]]
  // What the axes within these consist of.
  private let runs: [Run]

  /// Extents are those of files, of any size, and the plan holds some bytes for each position.
  private static let maximumExtent = 1 << 25

  /// A copy to each position of an output along each axis.
  ///
  /// - Parameters:
  ///   - extents: the output's, one for each axis of the input.
  ///   - position: where in the input the copy takes an axis's position of the output from.
  /// - Throws: `.limitExceeded`; `.malformedModel` where a position lies outside the input.
  public init(
    input: Shape, to extents: [Int], from position: (_ axis: Int, _ index: Int) -> Int
  ) throws(OctetError) {
    guard extents.count == input.rank, input.rank > 0 else {
      throw OctetError(.invalidShape(input.dimensions, reason: "its axes are not the output's"))
    }
    var offsets: [[Int]] = []
    for (axis, extent) in extents.enumerated() {
      guard extent <= Self.maximumExtent else {
        throw OctetError(
          .limitExceeded(limit: "extent", value: extent, maximum: Self.maximumExtent))
      }
      let stride = input.strides[axis]
      var table: [Int] = []
      table.reserveCapacity(extent)
      for index in 0..<extent {
        let place = position(axis, index)
        guard place >= 0, place < input[axis] else {
          throw OctetError(
            .malformedModel(reason: "position \(place) lies outside axis \(axis) of \(input)"))
        }
        table.append(place * stride)
      }
      offsets.append(table)
    }
    // From the innermost axis outwards, as long as what is within is a single run.
    var runs = [Run(start: 0, length: 1)]
    while runs.count == 1, let table = offsets.popLast() {
      runs = Self.merge(table.map { Run(start: $0 + runs[0].start, length: runs[0].length) })
    }
    self.offsets = offsets
    self.runs = runs
  }

  /// Joins runs that continue each other.
  private static func merge(_ runs: [Run]) -> [Run] {
    var merged: [Run] = []
    for run in runs {
      if let last = merged.last, last.start + last.length == run.start {
        merged[merged.count - 1].length += run.length
      } else {
        merged.append(run)
      }
    }
    return merged
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
    guard let input = source.assumingMemoryBound(to: type).baseAddress,
      var output = destination.assumingMemoryBound(to: type).baseAddress
    else { return }
    copy(axis: 0, input, &output)
  }

  private func copy<Element: FixedWidthInteger & BitwiseCopyable>(
    axis: Int, _ source: UnsafePointer<Element>, _ destination: inout UnsafeMutablePointer<Element>
  ) {
    if axis < offsets.count {
      for offset in offsets[axis] { copy(axis: axis + 1, source + offset, &destination) }
      return
    }
    for run in runs {
      copyRun(from: source + run.start, to: destination, count: run.length)
      destination += run.length
    }
  }
}
