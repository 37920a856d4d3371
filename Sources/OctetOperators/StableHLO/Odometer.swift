/// Counts through the positions of a box in row-major order, over and over.
struct Odometer {
  /// The present position, outermost axis first.
  private(set) var position: [Int]
  private let extents: [Int]

  /// Begins at 0 along each axis; no extent may be 0.
  init(extents: [Int]) {
    self.extents = extents
    position = [Int](repeating: 0, count: extents.count)
  }

  /// Steps to the next position, from the last one to the first.
  mutating func advance() {
    for axis in stride(from: extents.count - 1, through: 0, by: -1) {
      position[axis] &+= 1
      if position[axis] < extents[axis] { return }
      position[axis] = 0
    }
  }
}
