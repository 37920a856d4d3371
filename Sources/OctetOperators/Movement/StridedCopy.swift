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

  struct Axis: Hashable, Sendable {
    var extent: Int
    var sourceStride: Int
    var destinationStride: Int
  }

  // Outermost first. Never empty: a single element is one axis of extent 1.
  private let axes: [Axis]
  private let sourceStart: Int
  private let destinationStart: Int

  /// A copy of a box with these extents, outermost first.
  ///
  /// - Throws: `.malformedModel` where the box reaches outside a buffer. Definitions check their
  ///   own options first; this is what makes a mistake of theirs harmless.
  public init(
    extents: [Int], source: Placement, destination: Placement
  ) throws(OctetError) {
    sourceStart = source.start
    destinationStart = destination.start
    guard !extents.contains(0) else {
      axes = [Axis(extent: 0, sourceStride: 0, destinationStride: 0)]
      return
    }
    guard
      source.contains(extents: extents), destination.contains(extents: extents)
    else {
      throw OctetError(
        .malformedModel(reason: "a block of shape \(extents) reaches outside its tensor"))
    }
    axes = Self.coalesce(extents, source.strides, destination.strides)
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
    return axes.isEmpty ? [Axis(extent: 1, sourceStride: 1, destinationStride: 1)] : axes
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
    let from = source.assumingMemoryBound(to: type)
    let to = destination.assumingMemoryBound(to: type)
    axes.withUnsafeBufferPointer { axes in
      Self.copy(axes, depth: 0, from, sourceStart, to, destinationStart)
    }
  }

  private static func copy<Element: FixedWidthInteger & BitwiseCopyable>(
    _ axes: UnsafeBufferPointer<Axis>, depth: Int, _ source: UnsafeBufferPointer<Element>,
    _ sourceStart: Int, _ destination: UnsafeMutableBufferPointer<Element>,
    _ destinationStart: Int
  ) {
    let axis = axes[depth]
    var from = sourceStart
    var to = destinationStart
    if depth < axes.count - 1 {
      for _ in 0..<axis.extent {
        copy(axes, depth: depth + 1, source, from, destination, to)
        from &+= axis.sourceStride
        to &+= axis.destinationStride
      }
    } else if axis.sourceStride == 1, axis.destinationStride == 1, axis.extent > 0 {
      let run = UnsafeBufferPointer(rebasing: source[from..<(from + axis.extent)])
      _ = UnsafeMutableBufferPointer(rebasing: destination[to..<(to + axis.extent)])
        .update(from: run)
    } else {
      for _ in 0..<axis.extent {
        destination[to] = source[from]
        from &+= axis.sourceStride
        to &+= axis.destinationStride
      }
    }
  }
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
