import OctetCore

/// Copies a box of elements between two dense buffers, each walked with strides of its own.
///
/// Bounds are checked once, when the copy is made: running it can't leave either buffer.
public struct StridedCopy: Hashable, Sendable {
  /// Where a box lies in a buffer: its first element and the step along each of its axes.
  public struct Placement: Hashable, Sendable {
    /// Index of the box's first element.
    public var start: Int
    /// Elements from one position to the next along each axis; may be zero or negative.
    public var strides: [Int]
    /// The number of elements in the buffer.
    public var elementCount: Int

    /// A placement in a buffer of `elementCount` elements.
    public init(start: Int = 0, strides: [Int], elementCount: Int) {
      self.start = start
      self.strides = strides
      self.elementCount = elementCount
    }
  }

  package struct Axis: Hashable, Sendable {
    package var extent: Int
    package var sourceStride: Int
    package var destinationStride: Int
  }

  /// All axes but the two innermost ones, outermost first.
  private let outerAxes: [Axis]
  /// A box of two dimensions: the first, or the only one.
  let plane: Plane
  /// Whether there are no further axes.
  let isPlane: Bool

  /// A box with two axes; those that there aren't have extent 1.
  ///
  /// Nothing in it counts references, so that many small copies read it in place.
  struct Plane: Hashable, Sendable {
    fileprivate let sourceStart: Int
    fileprivate let destinationStart: Int
    fileprivate let outer: Axis
    fileprivate let inner: Axis
  }

  /// A copy of a box with these extents, outermost first.
  ///
  /// - Throws: `.malformedModel` where the box reaches outside a buffer. Definitions check their
  ///   own options first; this is what makes a mistake of theirs harmless.
  public init(
    extents: [Int], source: Placement, destination: Placement
  ) throws(OctetError) {
    guard !extents.contains(0) else {
      let none = Axis(extent: 0, sourceStride: 0, destinationStride: 0)
      outerAxes = []
      isPlane = true
      plane = Plane(sourceStart: 0, destinationStart: 0, outer: none, inner: none)
      return
    }
    guard
      source.contains(extents: extents), destination.contains(extents: extents)
    else {
      throw OctetError(
        .malformedModel(reason: "a block of shape \(extents) reaches outside its tensor"))
    }
    var axes = Self.ordered(Self.coalesce(extents, source.strides, destination.strides))
    let inner = axes.popLast() ?? Axis(extent: 1, sourceStride: 1, destinationStride: 1)
    let outer = axes.popLast() ?? Axis(extent: 1, sourceStride: 0, destinationStride: 0)
    outerAxes = axes
    isPlane = axes.isEmpty
    plane = Plane(
      sourceStart: source.start, destinationStart: destination.start, outer: outer, inner: inner)
  }

  /// Drops axes of extent 1 and joins neighbours that are walked as one.
  private static func coalesce(_ extents: [Int], _ source: [Int], _ destination: [Int]) -> [Axis] {
    var axes: [Axis] = []
    for i in extents.indices where extents[i] != 1 {
      let inner = Axis(
        extent: extents[i], sourceStride: source[i], destinationStride: destination[i])
      if let outer = axes.last,
        outer.sourceStride == inner.sourceStride &* inner.extent,
        outer.destinationStride == inner.destinationStride &* inner.extent
      {
        axes[axes.count - 1] = Axis(
          extent: outer.extent * inner.extent, sourceStride: inner.sourceStride,
          destinationStride: inner.destinationStride)
      } else {
        axes.append(inner)
      }
    }
    return axes
  }

  /// Fewer positions than this along the axis around runs take longer to come to than to copy.
  private static let manyRuns = 8

  /// Puts an axis next to the innermost one that is worth being copied in one plane with it: one along
  /// which the source is dense, or, around dense runs, the next one with many of them.
  ///
  /// No element may be written twice, so that the order does not matter.
  private static func ordered(_ axes: [Axis]) -> [Axis] {
    guard let innermost = axes.last, axes.count > 1,
      axes.allSatisfy({ $0.destinationStride != 0 })
    else { return axes }
    let next = axes.count - 2
    let chosen: Int?
    if innermost.sourceStride != 1 {
      chosen = axes.firstIndex { $0.sourceStride == 1 }
    } else if innermost.destinationStride == 1, axes[next].extent < manyRuns {
      chosen = axes[..<next].lastIndex { $0.extent >= manyRuns }
    } else {
      chosen = nil
    }
    guard let chosen else { return axes }
    var ordered = axes
    ordered.insert(ordered.remove(at: chosen), at: next)
    return ordered
  }

  /// Copies; the buffers have the element counts that the copy was made for.
  public func run(
    from source: UnsafeRawBufferPointer, to destination: UnsafeMutableRawBufferPointer,
    width: ElementWidth
  ) {
    guard !isPlane else { return plane.run(from: source, to: destination, width: width) }
    switch width {
    case .one: run(source, destination, UInt8.self)
    case .two: run(source, destination, UInt16.self)
    case .four: run(source, destination, UInt32.self)
    case .eight: run(source, destination, UInt64.self)
    }
  }

  /// The axes around matrices, and those of the matrices, if all that is copied are matrices with
  /// their rows as columns, from the buffers' starts: the source is dense along the first axis of a
  /// matrix, the destination along the second.
  package var transposedMatrices: (around: [Axis], columns: Axis, rows: Axis)? {
    let (columns, rows) = (plane.outer, plane.inner)
    guard plane.sourceStart == 0, plane.destinationStart == 0, columns.sourceStride == 1,
      rows.destinationStride == 1,
      ([columns, rows] + outerAxes).allSatisfy({
        $0.sourceStride > 0 && $0.destinationStride > 0
      })
    else { return nil }
    return (outerAxes, columns, rows)
  }

  /// Whether there is nothing to copy.
  var isEmpty: Bool { plane.outer.extent == 0 }

  private func run<Element: FixedWidthInteger & BitwiseCopyable>(
    _ source: UnsafeRawBufferPointer, _ destination: UnsafeMutableRawBufferPointer,
    _ type: Element.Type
  ) {
    guard let from = source.assumingMemoryBound(to: type).baseAddress,
      let to = destination.assumingMemoryBound(to: type).baseAddress
    else { return }
    copy(depth: 0, from, to)
  }

  private func copy<Element: FixedWidthInteger & BitwiseCopyable>(
    depth: Int, _ source: UnsafePointer<Element>, _ destination: UnsafeMutablePointer<Element>
  ) {
    guard depth < outerAxes.count else { return plane.copy(source, destination) }
    let axis = outerAxes[depth]
    for i in 0..<axis.extent {
      copy(
        depth: depth + 1, source + i &* axis.sourceStride,
        destination + i &* axis.destinationStride)
    }
  }
}

extension StridedCopy.Plane {
  /// As `StridedCopy.run`, where there are no further axes.
  func run(
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
    guard outer.extent > 0, let from = source.assumingMemoryBound(to: type).baseAddress,
      let to = destination.assumingMemoryBound(to: type).baseAddress
    else { return }
    copy(from, to)
  }

  fileprivate func copy<Element: FixedWidthInteger & BitwiseCopyable>(
    _ start: UnsafePointer<Element>, _ destinationStart: UnsafeMutablePointer<Element>
  ) {
    let source = start + sourceStart
    let destination = destinationStart + self.destinationStart
    if inner.sourceStride == 1, inner.destinationStride == 1 {
      for i in 0..<outer.extent {
        copyRun(
          from: source + i &* outer.sourceStride, to: destination + i &* outer.destinationStride,
          count: inner.extent)
      }
    } else if outer.sourceStride == 1 {
      transpose(source, destination)
    } else {
      for i in 0..<outer.extent {
        let from = source + i &* outer.sourceStride
        let to = destination + i &* outer.destinationStride
        for j in 0..<inner.extent {
          to[j &* inner.destinationStride] = from[j &* inner.sourceStride]
        }
      }
    }
  }

  /// Copies in square blocks, so that what a cache line holds is used while it is in the cache.
  private func transpose<Element: FixedWidthInteger & BitwiseCopyable>(
    _ source: UnsafePointer<Element>, _ destination: UnsafeMutablePointer<Element>
  ) {
    let block = 16
    for firstOuter in stride(from: 0, to: outer.extent, by: block) {
      let outerCount = min(block, outer.extent - firstOuter)
      for firstInner in stride(from: 0, to: inner.extent, by: block) {
        let innerCount = min(block, inner.extent - firstInner)
        let from = source + (firstOuter &+ firstInner &* inner.sourceStride)
        let to =
          destination
          + (firstOuter &* outer.destinationStride &+ firstInner &* inner.destinationStride)
        for i in 0..<outerCount {
          for j in 0..<innerCount {
            to[i &* outer.destinationStride &+ j &* inner.destinationStride] =
              from[i &+ j &* inner.sourceStride]
          }
        }
      }
    }
  }
}

/// Copies neighbours that don't overlap; a few of them without a call.
@inline(__always)
func copyRun<Element: BitwiseCopyable>(
  from source: UnsafePointer<Element>, to destination: UnsafeMutablePointer<Element>, count: Int
) {
  let byteCount = count &* MemoryLayout<Element>.stride
  let from = UnsafeRawPointer(source)
  let to = UnsafeMutableRawPointer(destination)
  switch byteCount {
  case 16...64: copyWords(from: from, to: to, byteCount: byteCount, SIMD2<UInt64>.self)
  case 8..<16: copyWords(from: from, to: to, byteCount: byteCount, UInt64.self)
  case 4..<8: copyWords(from: from, to: to, byteCount: byteCount, UInt32.self)
  case ..<4: for i in 0..<count { destination[i] = source[i] }
  default: destination.update(from: source, count: count)
  }
}

/// Copies bytes that are at least a word; the last word overlaps the one before it where words don't fit.
@inline(__always)
private func copyWords<Word: BitwiseCopyable>(
  from source: UnsafeRawPointer, to destination: UnsafeMutableRawPointer, byteCount: Int,
  _ word: Word.Type
) {
  let last = byteCount &- MemoryLayout<Word>.size
  var offset = 0
  while offset < last {
    destination.storeBytes(
      of: source.loadUnaligned(fromByteOffset: offset, as: word), toByteOffset: offset, as: word)
    offset &+= MemoryLayout<Word>.size
  }
  destination.storeBytes(
    of: source.loadUnaligned(fromByteOffset: last, as: word), toByteOffset: last, as: word)
}

extension StridedCopy.Placement {
  /// The whole of a dense tensor.
  public init(_ shape: Shape) {
    self.init(strides: shape.strides, elementCount: shape.elementCount)
  }

  /// Whether every element of a box without zero extents lies in the buffer.
  fileprivate func contains(extents: [Int]) -> Bool {
    guard strides.count == extents.count else { return false }
    var lowest = start
    var highest = start
    for (extent, stride) in zip(extents, strides) {
      guard extent > 0 else { return false }
      let (reach, overflow) = stride.multipliedReportingOverflow(by: extent - 1)
      guard !overflow else { return false }
      let (sum, sumOverflow) =
        (reach < 0 ? lowest : highest).addingReportingOverflow(reach)
      guard !sumOverflow else { return false }
      if reach < 0 { lowest = sum } else { highest = sum }
    }
    return lowest >= 0 && highest < elementCount
  }
}
