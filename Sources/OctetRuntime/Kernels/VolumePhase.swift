import COctetKernels
import OctetCore
import OctetOperators

/// The outputs of a transposed convolution of volumes that leave the same rests when divided by the
/// strides.
struct VolumePhase {
  let planes: PhasePositions
  let rows: PhasePositions
  let columns: PhasePositions

  /// The phases that have outputs; nil where there are too many.
  static func all(of geometry: Convolution3DGeometry) -> [VolumePhase]? {
    let stride = geometry.stride
    guard PhasePositions.allows(strides: [stride.depth, stride.height, stride.width]) else {
      return nil
    }
    let planes = positions(of: geometry, \.depth)
    let rows = positions(of: geometry, \.height)
    let columns = positions(of: geometry, \.width)
    return planes.flatMap { planes in
      rows.flatMap { rows in
        columns.map { VolumePhase(planes: planes, rows: rows, columns: $0) }
      }
    }
  }

  private static func positions(
    of geometry: Convolution3DGeometry, _ axis: KeyPath<Size3D, Int>
  ) -> [PhasePositions] {
    PhasePositions.all(
      stride: geometry.stride[keyPath: axis], filter: geometry.filter[keyPath: axis],
      padding: geometry.leadingPadding[keyPath: axis], output: geometry.volume[keyPath: axis])
  }

  /// The windows of the convolution, of one batch; paddings below 0 wrap.
  func volume(_ geometry: Convolution3DGeometry, channels: Int) -> ok_volume {
    let input = geometry.windows
    return ok_volume(
      window: ok_window(
        batches: 1, input_height: input.height, input_width: input.width,
        input_channels: channels, filter_height: rows.tapCount, filter_width: columns.tapCount,
        output_height: rows.count, output_width: columns.count, stride_height: 1,
        stride_width: 1, dilation_height: 1, dilation_width: 1,
        padding_top: rows.leadingPadding, padding_left: columns.leadingPadding),
      input_depth: input.depth, filter_depth: planes.tapCount, output_depth: planes.count,
      stride_depth: 1, dilation_depth: 1, padding_front: planes.leadingPadding)
  }

  /// The weights of the phase: every stride-th position, backwards.
  func weights(_ filter: Bytes, _ strides: ok_weight_strides, stride: Size3D) -> FloatWeights {
    var backwards = strides
    backwards.plane *= -stride.depth
    backwards.row *= -stride.height
    backwards.column *= -stride.width
    var weights = FloatWeights(filter, backwards)
    weights.first =
      planes.firstFilterPosition * strides.plane + rows.firstFilterPosition * strides.row
      + columns.firstFilterPosition * strides.column
    return weights
  }
}
