import OctetCore

/// The extents of a two-dimensional convolution, checked against each other.
public struct ConvolutionGeometry: Hashable, Sendable {
  public var batches: Int
  public var input: Size2D
  public var inputChannels: Int
  public var filter: Size2D
  public var outputChannels: Int
  /// Input channels that one filter reads: all of them unless there are groups.
  public var groupChannels: Int
  public var output: Size2D
  public var stride: Size2D
  public var dilation: Size2D
  /// Rows above and columns left of the input that windows may cover.
  public var leadingPadding: Size2D

  /// Checks shapes and options, and places the windows.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`
  ///   - filter: `[O, KH, KW, C / groups]`
  ///   - bias: `[O]`
  /// - Throws: `.invalidShape`, `.invalidOption`.
  public init(
    input: Shape, filter: Shape, bias: Shape?, padding: Padding, stride: Size2D, dilation: Size2D
  ) throws(OctetError) {
    guard input.rank == 4 else {
      throw OctetError(.invalidShape(input.dimensions, reason: "the input must have rank 4"))
    }
    guard filter.rank == 4, filter.elementCount > 0 else {
      throw OctetError(
        .invalidShape(filter.dimensions, reason: "the filter must have rank 4 and no extent of 0"))
    }
    guard input[3] > 0, input[3] % filter[3] == 0, filter[0] % (input[3] / filter[3]) == 0 else {
      throw OctetError(
        .invalidShape(
          filter.dimensions, reason: "the filter does not fit \(input[3]) input channels"))
    }
    if let bias, bias.elementCount != filter[0] {
      throw OctetError(
        .invalidShape(bias.dimensions, reason: "the bias needs \(filter[0]) elements"))
    }
    let rows = try padding.placeWindow(
      input: input[1], window: filter[1], stride: stride.height, dilation: dilation.height)
    let columns = try padding.placeWindow(
      input: input[2], window: filter[2], stride: stride.width, dilation: dilation.width)
    batches = input[0]
    self.input = Size2D(height: input[1], width: input[2])
    inputChannels = input[3]
    self.filter = Size2D(height: filter[1], width: filter[2])
    outputChannels = filter[0]
    groupChannels = filter[3]
    output = Size2D(height: rows.output, width: columns.output)
    self.stride = stride
    self.dilation = dilation
    leadingPadding = Size2D(height: rows.leadingPadding, width: columns.leadingPadding)
  }

  /// `[N, OH, OW, O]`.
  public func outputShape() throws(OctetError) -> Shape {
    try Shape([batches, output.height, output.width, outputChannels])
  }

  /// One filter position that lies inside the image: where its channels start.
  struct Tap {
    /// Index into the input.
    var input: Int
    /// Index into the filter.
    var filter: Int
  }

  /// Visits each output in order with the filter positions that contribute to it.
  @inline(__always)
  func forEachOutput(
    _ body: (_ output: Int, _ channel: Int, _ taps: UnsafeBufferPointer<Tap>) -> Void
  ) {
    let filtersPerGroup = outputChannels / (inputChannels / groupChannels)
    let filterSize = filter.height * filter.width * groupChannels
    withUnsafeTemporaryAllocation(of: Tap.self, capacity: filter.height * filter.width) { taps in
      var outputIndex = 0
      for batch in 0..<batches {
        for row in 0..<output.height {
          for column in 0..<output.width {
            let count = collectTaps(into: taps, batch: batch, row: row, column: column)
            for channel in 0..<outputChannels {
              if channel > 0 {
                let groupStep = channel % filtersPerGroup == 0 ? groupChannels : 0
                for i in 0..<count {
                  taps[i].input += groupStep
                  taps[i].filter += filterSize
                }
              }
              body(outputIndex, channel, UnsafeBufferPointer(rebasing: taps[..<count]))
              outputIndex += 1
            }
          }
        }
      }
    }
  }

  /// Writes the taps of output channel 0 at one position; returns how many there are.
  @inline(__always)
  private func collectTaps(
    into taps: UnsafeMutableBufferPointer<Tap>, batch: Int, row: Int, column: Int
  ) -> Int {
    var count = 0
    for filterRow in 0..<filter.height {
      let y = row * stride.height - leadingPadding.height + dilation.height * filterRow
      guard y >= 0, y < input.height else { continue }
      for filterColumn in 0..<filter.width {
        let x = column * stride.width - leadingPadding.width + dilation.width * filterColumn
        guard x >= 0, x < input.width else { continue }
        taps[count] = Tap(
          input: ((batch * input.height + y) * input.width + x) * inputChannels,
          filter: (filterRow * filter.width + filterColumn) * groupChannels)
        count += 1
      }
    }
    return count
  }
}
