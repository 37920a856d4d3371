import OctetCore

/// The extents of a two-dimensional pooling, checked against each other.
package struct PoolGeometry: Hashable, Sendable {
  package var batches: Int
  package var input: Size2D
  package var channels: Int
  package var window: Size2D
  package var output: Size2D
  package var stride: Size2D
  /// Rows above and columns left of the input that windows may cover.
  package var leadingPadding: Size2D

  /// Checks the input, `[N, H, W, C]`, against the options, and places the windows.
  ///
  /// - Throws: `.wrongCount`, `.invalidShape`, `.invalidOption`, `.limitExceeded`.
  init(_ options: PoolOptions, _ inputs: Operands) throws(OctetError) {
    try inputs.expectCount(1...1)
    let shape = try inputs.required(0, "input").shape
    guard shape.rank == 4 else {
      throw OctetError(.invalidShape(shape.dimensions, reason: "the input must have rank 4"))
    }
    let rows = try options.padding.placeWindow(
      input: shape[1], window: options.window.height, stride: options.stride.height, dilation: 1)
    let columns = try options.padding.placeWindow(
      input: shape[2], window: options.window.width, stride: options.stride.width, dilation: 1)
    batches = shape[0]
    input = Size2D(height: shape[1], width: shape[2])
    channels = shape[3]
    window = options.window
    output = Size2D(height: rows.output, width: columns.output)
    stride = options.stride
    leadingPadding = Size2D(height: rows.leadingPadding, width: columns.leadingPadding)
  }

  /// `[N, OH, OW, C]`.
  func outputShape() throws(OctetError) -> Shape {
    try Shape([batches, output.height, output.width, channels])
  }

  /// Folds each channel of each window into one value, a position's channels side by side.
  ///
  /// - Parameters:
  ///   - initial: what folding begins with.
  ///   - combine: folds one element in; elements come row by row.
  ///   - store: receives a channel's result, the number of elements that the window had inside
  ///     the image, and where the output goes.
  @inline(__always)
  func fold<Element, Partial: BitwiseCopyable>(
    _ input: UnsafeBufferPointer<Element>, initial: Partial,
    combine: (inout Partial, Element) -> Void,
    store: (_ result: Partial, _ count: Int, _ output: Int) -> Void
  ) {
    guard let first = input.baseAddress else { return }
    withUnsafeTemporaryAllocation(of: Partial.self, capacity: channels) { buffer in
      guard let partials = buffer.baseAddress else { return }
      var output = 0
      for batch in 0..<batches {
        for row in 0..<self.output.height {
          let rows = Self.inside(
            row, stride.height, leadingPadding.height, window.height, self.input.height)
          for column in 0..<self.output.width {
            let columns = Self.inside(
              column, stride.width, leadingPadding.width, window.width, self.input.width)
            partials.update(repeating: initial, count: channels)
            for y in rows {
              let line = (batch * self.input.height + y) * self.input.width
              for x in columns {
                let pixel = first + (line + x) * channels
                for channel in 0..<channels { combine(&partials[channel], pixel[channel]) }
              }
            }
            let count = rows.count * columns.count
            for channel in 0..<channels { store(partials[channel], count, output &+ channel) }
            output += channels
          }
        }
      }
    }
  }

  /// The part of one window that lies inside the image, along one dimension.
  @inline(__always)
  private static func inside(
    _ position: Int, _ stride: Int, _ padding: Int, _ window: Int, _ extent: Int
  ) -> Range<Int> {
    let origin = position * stride - padding
    let lower = max(origin, 0)
    return lower..<max(min(origin + window, extent), lower)
  }
}
