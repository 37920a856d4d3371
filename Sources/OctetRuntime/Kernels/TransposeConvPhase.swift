import COctetKernels
import OctetOperators

/// The outputs of a transposed convolution that leave the same rests when divided by the strides.
///
/// They see the same positions of the filter: together they are a convolution of the input with that
/// part of the filter, turned around.
struct TransposeConvPhase: Sendable {
  let rows: PhasePositions
  let columns: PhasePositions

  /// The phases that have outputs; nil where there are too many.
  static func all(of geometry: TransposeConvGeometry) -> [TransposeConvPhase]? {
    let stride = geometry.stride
    guard PhasePositions.allows(strides: [stride.height, stride.width]) else { return nil }
    let rows = PhasePositions.all(
      stride: stride.height, filter: geometry.filter.height,
      padding: geometry.leadingPadding.height, output: geometry.output.height)
    let columns = PhasePositions.all(
      stride: stride.width, filter: geometry.filter.width, padding: geometry.leadingPadding.width,
      output: geometry.output.width)
    return rows.flatMap { rows in columns.map { TransposeConvPhase(rows: rows, columns: $0) } }
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
