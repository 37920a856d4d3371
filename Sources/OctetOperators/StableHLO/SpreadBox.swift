import OctetCore

/// Elements of a tensor moved apart, with margins: what padding and dilation have in common.
struct SpreadBox: Hashable, Sendable {
  /// The shape around all elements and margins; 0 along an axis of which more is taken than there is.
  let output: Shape
  private let input: Shape
  /// The first position of each input axis that is kept.
  private var firsts: [Int] = []
  /// How many positions of each input axis are kept.
  private var counts: [Int] = []
  /// The output position of the first that is kept.
  private var places: [Int] = []
  /// Output positions from one element to the next.
  private var steps: [Int] = []

  /// - Parameters:
  ///   - low: positions before each axis; taken away where negative.
  ///   - high: positions behind each axis; taken away where negative.
  ///   - interior: positions between neighbours.
  /// - Throws: `.invalidOption` for lists of another length than the rank, and for amounts that are
  ///   negative between neighbours or above 2^31; `.invalidShape` for too large an output.
  init(_ input: Shape, low: [Int], high: [Int], interior: [Int]) throws(OctetError) {
    let bound = Int(Int32.max)
    for (name, amounts) in [
      ("edge_padding_low", low), ("edge_padding_high", high), ("interior_padding", interior),
    ] {
      guard amounts.count == input.rank, amounts.allSatisfy({ abs($0.clamped) <= bound }) else {
        throw .option(name, amounts)
      }
    }
    guard interior.allSatisfy({ $0 >= 0 }) else { throw .option("interior_padding", interior) }
    var extents: [Int] = []
    for axis in 0..<input.rank {
      let (extent, step) = (input[axis], interior[axis] + 1)
      let (reach, overflow) = max(extent - 1, 0).multipliedReportingOverflow(by: step)
      guard !overflow, reach <= Int.max / 2 else {
        throw OctetError(.invalidShape(input.dimensions, reason: "padding overflows axis \(axis)"))
      }
      let spread = extent == 0 ? 0 : reach + 1
      let length = spread + low[axis] + high[axis]
      extents.append(max(length, 0))
      // Elements lie at `low + i · step` of the output, where that is in `0..<length`.
      let first = low[axis] < 0 ? (-low[axis] + step - 1) / step : 0
      let end = length <= low[axis] ? 0 : min(extent, (length - low[axis] - 1) / step + 1)
      firsts.append(first)
      counts.append(max(end - first, 0))
      places.append(low[axis] + first * step)
      steps.append(step)
    }
    output = try Shape(extents)
    self.input = input
  }

  /// A plan that fills the output and copies the elements to their places.
  func plan(
    _ spec: TensorSpec, width: ElementWidth, background: MovementPlan.Background
  ) throws(OctetError) -> MovementPlan {
    guard output.elementCount > 0, !counts.contains(0) else {
      return MovementPlan(width: width, background: background, steps: [])
    }
    var source = StridedCopy.Placement(input)
    var destination = StridedCopy.Placement(output)
    for axis in 0..<input.rank {
      source.start += firsts[axis] * source.strides[axis]
      destination.start += places[axis] * destination.strides[axis]
      // A step that a single element doesn't take may be too large to multiply.
      destination.strides[axis] *= counts[axis] == 1 ? 1 : steps[axis]
    }
    let copy = try StridedCopy(extents: counts, source: source, destination: destination)
    return MovementPlan(
      width: width, background: background, steps: [MovementPlan.Step(copy: copy)])
  }
}

extension Int {
  /// The number, or one above the lowest, so that it can be negated.
  fileprivate var clamped: Int { Swift.max(self, -Int.max) }
}
