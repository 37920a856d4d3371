import OctetCore

/// The extents of a two-dimensional convolution, checked against each other.
public struct ConvolutionGeometry: Hashable, Sendable {
  /// The images.
  public var batches: Int
  /// The extents of an input image.
  public var input: Size2D
  /// The channels of the input.
  public var inputChannels: Int
  /// The extents of a window.
  public var filter: Size2D
  /// The channels of the output.
  public var outputChannels: Int
  /// Input channels that one filter reads: all of them unless there are groups.
  public var groupChannels: Int
  /// The extents of an output image.
  public var output: Size2D
  /// From one window to the next, in elements of the input.
  public var stride: Size2D
  /// From one element of a window to the next; 1 for neighbours.
  public var dilation: Size2D
  /// Rows above and columns left of the input that windows may cover.
  public var leadingPadding: Size2D

  /// Checks shapes and options of a convolution, and places the windows.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`
  ///   - filter: `[O, KH, KW, C / groups]`
  ///   - bias: `[O]`
  /// - Throws: `.invalidShape`, `.invalidOption`.
  public init(
    input: Shape, filter: Shape, bias: Shape?, padding: Padding, stride: Size2D, dilation: Size2D
  ) throws(OctetError) {
    guard filter.rank == 4, filter.elementCount > 0 else { throw Self.badFilter(filter) }
    guard input.rank == 4, input[3] > 0, input[3] % filter[3] == 0,
      filter[0] % (input[3] / filter[3]) == 0
    else { throw Self.doesNotFit(input, filter) }
    try self.init(
      input: input, filter: Size2D(height: filter[1], width: filter[2]),
      groupChannels: filter[3], outputChannels: filter[0], bias: bias, padding: padding,
      stride: stride, dilation: dilation)
  }

  /// Checks shapes and options of a depthwise convolution, and places the windows.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`
  ///   - filter: `[1, KH, KW, O]`, where O is a multiple of C
  ///   - bias: `[O]`
  /// - Throws: `.invalidShape`, `.invalidOption`.
  public init(
    depthwiseInput input: Shape, filter: Shape, bias: Shape?, padding: Padding, stride: Size2D,
    dilation: Size2D
  ) throws(OctetError) {
    guard filter.rank == 4, filter.elementCount > 0, filter[0] == 1 else {
      throw Self.badFilter(filter)
    }
    guard input.rank == 4, input[3] > 0, filter[3] % input[3] == 0 else {
      throw Self.doesNotFit(input, filter)
    }
    try self.init(
      input: input, filter: Size2D(height: filter[1], width: filter[2]), groupChannels: 1,
      outputChannels: filter[3], bias: bias, padding: padding, stride: stride, dilation: dilation)
  }

  private init(
    input: Shape, filter: Size2D, groupChannels: Int, outputChannels: Int, bias: Shape?,
    padding: Padding, stride: Size2D, dilation: Size2D
  ) throws(OctetError) {
    if let bias, bias.elementCount != outputChannels {
      throw OctetError(
        .invalidShape(bias.dimensions, reason: "the bias needs \(outputChannels) elements"))
    }
    let rows = try padding.placeWindow(
      input: input[1], window: filter.height, stride: stride.height, dilation: dilation.height)
    let columns = try padding.placeWindow(
      input: input[2], window: filter.width, stride: stride.width, dilation: dilation.width)
    batches = input[0]
    self.input = Size2D(height: input[1], width: input[2])
    inputChannels = input[3]
    self.filter = filter
    self.outputChannels = outputChannels
    self.groupChannels = groupChannels
    output = Size2D(height: rows.output, width: columns.output)
    self.stride = stride
    self.dilation = dilation
    leadingPadding = Size2D(height: rows.leadingPadding, width: columns.leadingPadding)
  }

  private static func badFilter(_ filter: Shape) -> OctetError {
    OctetError(
      .invalidShape(
        filter.dimensions, reason: "the filter needs four dimensions, none of them 0"))
  }

  private static func doesNotFit(_ input: Shape, _ filter: Shape) -> OctetError {
    OctetError(
      .invalidShape(
        filter.dimensions, reason: "the filter does not fit an input of shape \(input)"))
  }

  /// The same windows over an image that lies in the input's middle, with padding around it.
  ///
  /// - Parameter leading: rows above and columns left of the image, which it does not have.
  package func padded(from image: Size2D, leading: Size2D) -> ConvolutionGeometry {
    var geometry = self
    geometry.input = image
    geometry.leadingPadding = Size2D(
      height: leadingPadding.height + leading.height, width: leadingPadding.width + leading.width)
    return geometry
  }

  /// `[N, OH, OW, O]`.
  public func outputShape() throws(OctetError) -> Shape {
    try Shape([batches, output.height, output.width, outputChannels])
  }

  /// The number of weights of one output channel: `KH · KW · C / groups`.
  package var patchSize: Int { filter.height * filter.width * groupChannels }

  /// Visits each output position of each group with the input values under its window.
  ///
  /// A patch is laid out as one channel's filter is, `[KH, KW, C / groups]`.
  ///
  /// - Parameters:
  ///   - outside: what positions beyond the borders of the image hold.
  ///   - load: the value to put into the patch for an index into the input.
  ///   - body: receives the patch, the index of the position's first output and the channels
  ///     that this group computes, counted from there.
  @inline(__always)
  func forEachPatch<Lane: BitwiseCopyable>(
    outside: Lane, load: (_ inputIndex: Int) -> Lane,
    _ body: (_ patch: UnsafePointer<Lane>, _ output: Int, _ channels: Range<Int>) -> Void
  ) {
    let channelsPerGroup = outputChannels / (inputChannels / groupChannels)
    withUnsafeTemporaryAllocation(of: Lane.self, capacity: patchSize) { buffer in
      guard let patch = buffer.baseAddress else { return }
      var output = 0
      for batch in 0..<batches {
        for row in 0..<self.output.height {
          for column in 0..<self.output.width {
            var channels = 0..<channelsPerGroup
            for group in 0..<(inputChannels / groupChannels) {
              fill(
                patch, batch: batch, row: row, column: column, firstChannel: group * groupChannels,
                outside: outside, load: load)
              body(UnsafePointer(patch), output, channels)
              channels = channels.upperBound..<(channels.upperBound + channelsPerGroup)
            }
            output += outputChannels
          }
        }
      }
    }
  }

  @inline(__always)
  private func fill<Lane: BitwiseCopyable>(
    _ patch: UnsafeMutablePointer<Lane>, batch: Int, row: Int, column: Int, firstChannel: Int,
    outside: Lane, load: (_ inputIndex: Int) -> Lane
  ) {
    var next = patch
    for filterRow in 0..<filter.height {
      let y = row * stride.height - leadingPadding.height + dilation.height * filterRow
      guard y >= 0, y < input.height else {
        let count = filter.width * groupChannels
        next.update(repeating: outside, count: count)
        next += count
        continue
      }
      let line = (batch * input.height + y) * input.width
      for filterColumn in 0..<filter.width {
        let x = column * stride.width - leadingPadding.width + dilation.width * filterColumn
        if x >= 0, x < input.width {
          let start = (line + x) * inputChannels + firstChannel
          for i in 0..<groupChannels { next[i] = load(start &+ i) }
        } else {
          next.update(repeating: outside, count: groupChannels)
        }
        next += groupChannels
      }
    }
  }
}
