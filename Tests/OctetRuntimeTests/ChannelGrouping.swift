import OctetOperators

/// Groups of channels that tests of convolutions walk through.
struct ChannelGrouping {
  let count: Int
  /// Channels of each group.
  let inputs: Int
  let outputs: Int

  init(_ count: Int, _ inputs: Int, _ outputs: Int) {
    (self.count, self.inputs, self.outputs) = (count, inputs, outputs)
  }

  /// Few outputs, whose groups share a tile, in numbers that tiles divide or don't; and more than a
  /// tile has.
  static let all = [
    ChannelGrouping(2, 1, 1), ChannelGrouping(3, 5, 7), ChannelGrouping(2, 16, 33),
    ChannelGrouping(5, 4, 2), ChannelGrouping(7, 8, 8), ChannelGrouping(4, 24, 24),
    ChannelGrouping(37, 1, 2), ChannelGrouping(3, 40, 16), ChannelGrouping(6, 4, 4),
  ]

  static let windows = [
    ConvolutionKernelTests.Window(
      input: [2, 5, 6], filter: [3, 2], stride: Size2D(height: 2, width: 1)),
    ConvolutionKernelTests.Window(input: [1, 7, 5], filter: [3, 3]),
    ConvolutionKernelTests.Window(input: [2, 3, 5], filter: [1, 1]),
    ConvolutionKernelTests.Window(
      input: [1, 9, 8], filter: [3, 3], stride: Size2D(height: 1, width: 2),
      dilation: Size2D(height: 2, width: 2)),
    ConvolutionKernelTests.Window(
      input: [1, 4, 7], filter: [1, 1], stride: Size2D(height: 2, width: 2)),
    ConvolutionKernelTests.Window(
      input: [1, 2, 3], filter: [3, 3], dilation: Size2D(height: 3, width: 3)),
  ]
}
