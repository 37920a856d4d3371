import OctetCore

/// Which elements of a tensor a reduction combines into each element of its output.
///
/// Axes may be negative and may repeat.
public struct ReductionGeometry: Hashable, Sendable {
  /// The shape of the output.
  public let outputShape: Shape
  /// How many elements each element of the output combines.
  public let elementsPerOutput: Int
  /// The extents before, along and behind the reduced dimensions; nil where those aren't neighbours,
  /// and where there are no elements.
  package let extentsAroundAxes: Extents?

  /// A tensor of three dimensions, the middle one of which is reduced.
  package struct Extents: Hashable, Sendable {
    package var outer = 1
    package var reduced = 1
    package var inner = 1
  }

  private let kept: Loop
  private let reduced: Loop

  /// Nested loops over some dimensions of the input, outermost first.
  private struct Loop: Hashable, Sendable {
    var extents: [Int] = []
    var strides: [Int] = []

    /// The input offset of step `index` of the loops.
    @inline(__always)
    func offset(_ index: Int) -> Int {
      var rest = index
      var offset = 0
      for axis in stride(from: extents.count - 1, through: 0, by: -1) {
        let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: extents[axis])
        offset += remainder * strides[axis]
        rest = quotient
      }
      return offset
    }

    /// Adds an inner dimension, merged with the one before where both form one even walk.
    mutating func append(extent: Int, stride: Int) {
      if let last = strides.last, last == stride * extent {
        extents[extents.count - 1] *= extent
        strides[strides.count - 1] = stride
      } else {
        extents.append(extent)
        strides.append(stride)
      }
    }
  }

  /// Checks the axes.
  ///
  /// - Throws: `.invalidAxis`.
  public init(
    _ input: Shape, axes: [Int], keepsDimensions: Bool
  ) throws(OctetError) {
    var isReduced = [Bool](repeating: false, count: input.rank)
    // A scalar has no axes; the source ignores those given for it.
    if input.rank > 0 {
      for axis in axes { isReduced[try input.normalizedAxis(axis)] = true }
    }
    let strides = input.strides
    var dimensions: [Int] = []
    var elementsPerOutput = 1
    var kept = Loop()
    var reduced = Loop()
    for axis in 0..<input.rank {
      if isReduced[axis] {
        elementsPerOutput *= input[axis]
        reduced.append(extent: input[axis], stride: strides[axis])
        if keepsDimensions { dimensions.append(1) }
      } else {
        kept.append(extent: input[axis], stride: strides[axis])
        dimensions.append(input[axis])
      }
    }
    outputShape = try Shape(dimensions)
    extentsAroundAxes = Self.extentsAroundAxes(input, isReduced)
    self.elementsPerOutput = elementsPerOutput
    self.kept = kept
    self.reduced = reduced
  }

  private static func extentsAroundAxes(
    _ input: Shape, _ isReduced: [Bool]
  ) -> Extents? {
    guard input.elementCount > 0 else { return nil }
    var extents = Extents()
    for axis in 0..<input.rank where input[axis] != 1 {
      if !isReduced[axis] {
        if extents.reduced == 1 {
          extents.outer *= input[axis]
        } else {
          extents.inner *= input[axis]
        }
      } else if extents.inner == 1 {
        extents.reduced *= input[axis]
      } else {
        return nil
      }
    }
    return extents
  }

  /// Combines the elements of each output element in their order in the input.
  @inline(__always)
  func fold<Element, Accumulator>(
    _ input: UnsafeBufferPointer<Element>, from initial: Accumulator,
    _ combine: (Accumulator, Element) -> Accumulator,
    _ finish: (_ output: Int, Accumulator) -> Void
  ) {
    let runLength = reduced.extents.last ?? 1
    let runStride = reduced.strides.last ?? 0
    let runs = runLength == 0 ? 0 : elementsPerOutput / runLength
    for output in 0..<outputShape.elementCount {
      let base = elementsPerOutput == 0 ? 0 : kept.offset(output)
      var accumulator = initial
      for run in 0..<runs {
        var element = base &+ reduced.offset(run &* runLength)
        for _ in 0..<runLength {
          accumulator = combine(accumulator, input[element])
          element &+= runStride
        }
      }
      finish(output, accumulator)
    }
  }
}
