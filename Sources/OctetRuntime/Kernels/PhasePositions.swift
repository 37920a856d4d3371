/// The output positions along one axis that leave the same rest when divided by the stride.
struct PhasePositions: Sendable {
  /// The first of them, and how many there are.
  let first: Int
  let count: Int
  /// Positions of the filter that they see; there may be none.
  private(set) var tapCount: Int
  /// Of the positions in the spread image, which begins `padding` before the output.
  let rest: Int
  private let stride: Int
  private let filter: Int
  /// The input position that the first output sees through the last tap.
  private let lastInput: Int

  /// More phases than this are left to the reference.
  private static let maximumPhaseCount = 64

  /// Whether these strides, one for each axis, make few enough phases.
  static func allows(strides: [Int]) -> Bool {
    var count = 1
    for stride in strides {
      guard stride <= maximumPhaseCount / count else { return false }
      count *= stride
    }
    return true
  }

  /// The positions of each rest that has any.
  ///
  /// - Parameter padding: of the spread image before the output.
  static func all(stride: Int, filter: Int, padding: Int, output: Int) -> [PhasePositions] {
    (0..<stride).map { rest in
      PhasePositions(rest: rest, stride: stride, filter: filter, padding: padding, output: output)
    }.filter { $0.count > 0 }
  }

  private init(rest: Int, stride: Int, filter: Int, padding: Int, output: Int) {
    first = ((rest - padding) % stride + stride) % stride
    count = first < output ? (output - first + stride - 1) / stride : 0
    tapCount = rest < filter ? (filter - rest + stride - 1) / stride : 0
    lastInput = (first + padding - rest) / stride
    self.rest = rest
    self.stride = stride
    self.filter = filter
  }

  /// How far the first window begins before the input; below 0 where it begins behind its first
  /// position.
  var leadingPadding: Int { tapCount - 1 - lastInput }

  /// The positions with so many taps that the first window begins at or before the input's first
  /// position; the filter has no position at the taps that are added.
  var reachingBack: PhasePositions {
    var positions = self
    positions.tapCount = max(tapCount, lastInput + 1)
    return positions
  }

  /// The filter's position at a tap, which run in the opposite order; nil where there is none.
  func filterPosition(ofTap tap: Int) -> Int? {
    let position = rest + stride * (tapCount - 1 - tap)
    return position < filter ? position : nil
  }

  /// The filter's position at the first tap, also where there is no tap.
  var firstFilterPosition: Int { rest + stride * max(tapCount - 1, 0) }
}
