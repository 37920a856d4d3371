import COctetKernels
import OctetOperators

/// The outputs of a transposed convolution that leave the same rests when divided by the strides.
///
/// They see the same positions of the filter: together they are a convolution of the input with that
/// part of the filter, turned around.
struct TransposeConvPhase: Sendable {
  let rows: PhasePositions
  let columns: PhasePositions

  /// More phases than this are left to the reference.
  private static let maximumCount = 64

  /// The phases that have outputs; nil where there are too many.
  static func all(of geometry: TransposeConvGeometry) -> [TransposeConvPhase]? {
    let stride = geometry.stride
    guard stride.height <= maximumCount, stride.width <= maximumCount,
      stride.height * stride.width <= maximumCount
    else { return nil }
    var phases: [TransposeConvPhase] = []
    for row in 0..<stride.height {
      let rows = PhasePositions(
        rest: row, stride: stride.height, filter: geometry.filter.height,
        padding: geometry.leadingPadding.height, output: geometry.output.height)
      for column in 0..<stride.width {
        let columns = PhasePositions(
          rest: column, stride: stride.width, filter: geometry.filter.width,
          padding: geometry.leadingPadding.width, output: geometry.output.width)
        guard rows.count > 0, columns.count > 0 else { continue }
        phases.append(TransposeConvPhase(rows: rows, columns: columns))
      }
    }
    return phases
  }

  /// The phase with windows that begin at or before the input's first position.
  var reachingBack: TransposeConvPhase {
    TransposeConvPhase(rows: rows.reachingBack, columns: columns.reachingBack)
  }

  /// The windows of the convolution; paddings below 0 wrap.
  func window(_ geometry: TransposeConvGeometry) -> ok_window {
    ok_window(
      batches: geometry.batches, input_height: geometry.input.height,
      input_width: geometry.input.width, input_channels: geometry.inputChannels,
      filter_height: rows.tapCount, filter_width: columns.tapCount, output_height: rows.count,
      output_width: columns.count, stride_height: 1, stride_width: 1, dilation_height: 1,
      dilation_width: 1, padding_top: rows.leadingPadding, padding_left: columns.leadingPadding)
  }
}

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

  /// - Parameter padding: of the spread image before the output.
  init(rest: Int, stride: Int, filter: Int, padding: Int, output: Int) {
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
