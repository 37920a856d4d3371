import OctetCore

/// The elements of a box in row-major order, as positions in a buffer that is walked with strides
/// of its own.
struct StridedPositions: Hashable, Sendable {
  /// How many elements there are.
  let count: Int
  private let extents: [Int]
  private let strides: [Int]

  /// Extents and steps along each axis, outermost first; the extents are some of a tensor's.
  init(extents: [Int], strides: [Int]) {
    count = extents.reduce(1, *)
    self.extents = extents
    self.strides = strides
  }

  /// Some axes of a dense tensor, in a given order.
  init(_ shape: Shape, axes: [Int]) {
    let strides = shape.strides
    self.init(extents: axes.map { shape[$0] }, strides: axes.map { strides[$0] })
  }

  /// Where element `number` lies, counted from the box's first element.
  @inline(__always)
  func offset(of number: Int) -> Int {
    var (rest, offset) = (number, 0)
    for axis in stride(from: extents.count - 1, through: 0, by: -1) {
      let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: extents[axis])
      offset &+= remainder &* strides[axis]
      rest = quotient
    }
    return offset
  }
}

extension Shape {
  /// The axes that aren't among some others, in order.
  func axes(except others: [Int]) -> [Int] {
    dimensions.indices.filter { !others.contains($0) }
  }
}
