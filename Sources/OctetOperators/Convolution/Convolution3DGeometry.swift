import OctetCore

/// Windows that slide over volumes, as in a three-dimensional convolution.
///
/// A convolution has its input as the volume and one window for each output position; a transposed
/// convolution has its output as the volume and one window for each input position.
package struct Convolution3DGeometry: Hashable, Sendable {
  package var batches: Int
  /// What windows slide over.
  package var volume: Size3D
  /// How many windows there are in each direction.
  package var windows: Size3D
  /// The extents of one window.
  package var filter: Size3D
  package var stride: Size3D
  package var dilation: Size3D
  package var leadingPadding: Size3D

  /// Places the windows.
  ///
  /// - Parameters:
  ///   - volume: `[N, D, H, W, C]`, of which channels don't matter.
  ///   - filter: `[KD, KH, KW, …]`, none of them 0.
  /// - Throws: `.invalidShape`, `.invalidOption`, `.limitExceeded`.
  init(volume: Shape, filter: Shape, _ options: Convolution3DOptions) throws(OctetError) {
    guard filter.rank == 5, filter.elementCount > 0 else {
      throw OctetError(
        .invalidShape(
          filter.dimensions, reason: "the filter needs five dimensions, none of them 0"))
    }
    guard volume.rank == 5 else {
      throw OctetError(.invalidShape(volume.dimensions, reason: "a volume has five dimensions"))
    }
    var counts: [Int] = []
    var paddings: [Int] = []
    for axis in 0..<3 {
      let placement = try options.padding.placeWindow(
        input: volume[axis + 1], window: filter[axis], stride: options.stride.extents[axis],
        dilation: options.dilation.extents[axis])
      counts.append(placement.output)
      paddings.append(placement.leadingPadding)
    }
    batches = volume[0]
    self.volume = Size3D(depth: volume[1], height: volume[2], width: volume[3])
    windows = Size3D(depth: counts[0], height: counts[1], width: counts[2])
    self.filter = Size3D(depth: filter[0], height: filter[1], width: filter[2])
    stride = options.stride
    dilation = options.dilation
    leadingPadding = Size3D(depth: paddings[0], height: paddings[1], width: paddings[2])
  }

  /// The windows of a transposed convolution of images, as volumes of one plane.
  package init(_ images: TransposeConvGeometry) {
    batches = images.batches
    volume = Size3D(plane: images.output)
    windows = Size3D(plane: images.input)
    filter = Size3D(plane: images.filter)
    stride = Size3D(plane: images.stride)
    dilation = .one
    leadingPadding = Size3D(
      depth: 0, height: images.leadingPadding.height, width: images.leadingPadding.width)
  }

  /// Visits each position of each window that lies in its volume.
  ///
  /// - Parameter body: receives the numbers of the window (over all batches), of the position in
  ///   the volumes and of the position in the filter.
  @inline(__always)
  func forEachTap(_ body: (_ window: Int, _ position: Int, _ tap: Int) -> Void) {
    var window = 0
    for batch in 0..<batches {
      for depth in 0..<windows.depth {
        for row in 0..<windows.height {
          for column in 0..<windows.width {
            let z = depth * stride.depth - leadingPadding.depth
            let y = row * stride.height - leadingPadding.height
            let x = column * stride.width - leadingPadding.width
            forEachTap(batch: batch, z: z, y: y, x: x) { body(window, $0, $1) }
            window += 1
          }
        }
      }
    }
  }

  @inline(__always)
  private func forEachTap(
    batch: Int, z: Int, y: Int, x: Int, _ body: (_ position: Int, _ tap: Int) -> Void
  ) {
    for filterDepth in 0..<filter.depth {
      let z = z + dilation.depth * filterDepth
      guard z >= 0, z < volume.depth else { continue }
      for filterRow in 0..<filter.height {
        let y = y + dilation.height * filterRow
        guard y >= 0, y < volume.height else { continue }
        let line = ((batch * volume.depth + z) * volume.height + y) * volume.width
        let tapLine = (filterDepth * filter.height + filterRow) * filter.width
        for filterColumn in 0..<filter.width {
          let x = x + dilation.width * filterColumn
          guard x >= 0, x < volume.width else { continue }
          body(line + x, tapLine + filterColumn)
        }
      }
    }
  }
}

/// What three-dimensional convolutions of both directions need.
public struct Convolution3DPlan: Sendable {
  /// Whether windows slide over the output.
  package var isTransposed: Bool
  package var geometry: Convolution3DGeometry
  package var inputChannels: Int
  package var outputChannels: Int
  var outputCount: Int
  package var minimum: Float
  package var maximum: Float

  /// Adds the bias to the sums in the output, and clamps.
  func finish(_ output: UnsafeMutableBufferPointer<Float>, bias: UnsafeBufferPointer<Float>) {
    var channel = 0
    for i in 0..<outputCount {
      let sum = bias.isEmpty ? output[i] : output[i] + bias[channel]
      output[i] = min(max(sum, minimum), maximum)
      channel += 1
      if channel == outputChannels { channel = 0 }
    }
  }
}
