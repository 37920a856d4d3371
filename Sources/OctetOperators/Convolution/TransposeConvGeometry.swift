import OctetCore

/// The extents of a transposed convolution, checked against each other.
package struct TransposeConvGeometry: Hashable, Sendable {
  package var batches: Int
  package var input: Size2D
  package var inputChannels: Int
  package var filter: Size2D
  package var outputChannels: Int
  package var output: Size2D
  package var stride: Size2D
  /// Rows and columns of the spread image that are cut off before the output begins.
  package var leadingPadding: Size2D

  /// Checks shapes and options, and places the windows.
  ///
  /// - Throws: `.valueNotConstant` where the output's shape is not known yet, `.wrongCount`,
  ///   `.invalidShape`, `.invalidOption`.
  init(_ options: TransposeConv.Options, _ inputs: Operands) throws(OctetError) {
    try inputs.expectCount(3...4)
    let filterShape = try inputs.required(1, "filter").shape
    let inputShape = try inputs.required(2, "input").shape
    guard filterShape.rank == 4, filterShape.elementCount > 0 else {
      throw OctetError(
        .invalidShape(
          filterShape.dimensions, reason: "the filter needs four dimensions, none of them 0"))
    }
    guard inputShape.rank == 4, inputShape[3] == filterShape[3] else {
      throw OctetError(
        .invalidShape(
          inputShape.dimensions, reason: "the input does not fit a filter of shape \(filterShape)"))
    }
    let outputShape = try Shape(inputs.constantIntegers(0, "output shape"))
    guard outputShape.rank == 4, outputShape[0] == inputShape[0],
      outputShape[3] == filterShape[0]
    else {
      throw OctetError(
        .invalidShape(
          outputShape.dimensions,
          reason: "the output must be [\(inputShape[0]), height, width, \(filterShape[0])]"))
    }
    if let bias = inputs.optional(3)?.shape, bias.elementCount != filterShape[0] {
      throw OctetError(
        .invalidShape(bias.dimensions, reason: "the bias needs \(filterShape[0]) elements"))
    }
    // The windows are those of the convolution that would turn the output into the input.
    let rows = try options.padding.placeWindow(
      input: outputShape[1], window: filterShape[1], stride: options.stride.height, dilation: 1)
    let columns = try options.padding.placeWindow(
      input: outputShape[2], window: filterShape[2], stride: options.stride.width, dilation: 1)
    batches = inputShape[0]
    input = Size2D(height: inputShape[1], width: inputShape[2])
    inputChannels = inputShape[3]
    filter = Size2D(height: filterShape[1], width: filterShape[2])
    outputChannels = filterShape[0]
    output = Size2D(height: outputShape[1], width: outputShape[2])
    stride = options.stride
    leadingPadding = Size2D(height: rows.leadingPadding, width: columns.leadingPadding)
  }

  /// `[N, OH, OW, O]`.
  func outputShape() throws(OctetError) -> Shape {
    try Shape([batches, output.height, output.width, outputChannels])
  }

  /// One input pixel that reaches an output position, and through which filter position.
  private struct Tap {
    /// Index of the pixel's first channel.
    var input: Int
    /// Index of the filter position's first weight, in output channel 0.
    var filter: Int
  }

  /// Sums up each output over the input pixels that reach it, in the input's order.
  @inline(__always)
  func gather<Element, Weight, Sum>(
    input: UnsafeBufferPointer<Element>, filter: UnsafeBufferPointer<Weight>, zero: Sum,
    add: (inout Sum, Element, Weight) -> Void,
    store: (_ sum: Sum, _ output: Int, _ channel: Int) -> Void
  ) {
    let tapCount = self.filter.height * self.filter.width
    let channelSize = tapCount * inputChannels
    let weights = filter.baseAddress
    let values = input.baseAddress
    withUnsafeTemporaryAllocation(of: Tap.self, capacity: tapCount) { taps in
      guard let weights else { return }
      var output = 0
      for batch in 0..<batches {
        for row in 0..<self.output.height {
          for column in 0..<self.output.width {
            let count = collect(into: taps, batch: batch, row: row, column: column)
            for channel in 0..<outputChannels {
              var sum = zero
              if let values {
                for tap in taps[..<count] {
                  let pixel = values + tap.input
                  let row = weights + (channel * channelSize + tap.filter)
                  for i in 0..<inputChannels { add(&sum, pixel[i], row[i]) }
                }
              }
              store(sum, output &+ channel, channel)
            }
            output += outputChannels
          }
        }
      }
    }
  }

  /// Finds the taps of one output position; returns how many there are.
  ///
  /// Filter positions run backwards, so that input positions run forwards.
  @inline(__always)
  private func collect(
    into taps: UnsafeMutableBufferPointer<Tap>, batch: Int, row: Int, column: Int
  ) -> Int {
    var count = 0
    for filterRow in Swift.stride(from: filter.height - 1, through: 0, by: -1) {
      let spreadRow = row + leadingPadding.height - filterRow
      guard spreadRow >= 0, spreadRow % stride.height == 0 else { continue }
      let y = spreadRow / stride.height
      guard y < input.height else { continue }
      for filterColumn in Swift.stride(from: filter.width - 1, through: 0, by: -1) {
        let spreadColumn = column + leadingPadding.width - filterColumn
        guard spreadColumn >= 0, spreadColumn % stride.width == 0 else { continue }
        let x = spreadColumn / stride.width
        guard x < input.width else { continue }
        taps[count] = Tap(
          input: ((batch * input.height + y) * input.width + x) * inputChannels,
          filter: (filterRow * filter.width + filterColumn) * inputChannels)
        count += 1
      }
    }
    return count
  }
}
