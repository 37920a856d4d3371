import OctetCore
import OctetOperators
import Testing

/// Convolutions against sums over every position in 64-bit integers.
///
/// Scales are such that the multiplier is exactly 1, so that nothing is rounded.
@Suite struct ConvolutionTests {
  struct Example: CustomTestStringConvertible, Sendable {
    var input: [Int]
    /// Height, width and output channels (or the multiplier).
    var filter: [Int]
    var groups = 1
    var stride = Size2D.one
    var dilation = Size2D.one
    var padding = Padding.same

    var testDescription: String {
      "\(input) * \(filter), groups \(groups), stride \(stride), dilation \(dilation), \(padding)"
    }
  }

  static let examples = [
    Example(input: [1, 1, 1, 1], filter: [1, 1, 1]),
    Example(input: [2, 5, 7, 3], filter: [3, 3, 5]),
    Example(input: [1, 5, 7, 4], filter: [3, 2, 4], stride: Size2D(height: 2, width: 3)),
    Example(input: [1, 6, 5, 2], filter: [2, 3, 17], padding: .valid),
    Example(input: [1, 9, 8, 2], filter: [3, 2, 3], dilation: Size2D(height: 2, width: 3)),
    Example(input: [1, 4, 4, 6], filter: [3, 3, 4], groups: 2),
    Example(input: [1, 3, 3, 4], filter: [3, 3, 8], groups: 4, padding: .valid),
    Example(input: [1, 2, 2, 1], filter: [5, 5, 1]),
    Example(input: [0, 5, 5, 2], filter: [3, 3, 2]),
    Example(input: [1, 0, 5, 2], filter: [3, 3, 2]),
    Example(input: [1, 2, 2, 3], filter: [3, 3, 2], padding: .valid),
  ]

  @Test(arguments: examples, [UInt8(0), 1, 128, 254, 255])
  func convolution(_ example: Example, _ zeroPoint: UInt8) throws {
    try check(example, zeroPoint, isDepthwise: false)
  }

  @Test(arguments: examples.filter { $0.groups == 1 }, [UInt8(0), 1, 128, 254, 255])
  func depthwise(_ example: Example, _ zeroPoint: UInt8) throws {
    try check(example, zeroPoint, isDepthwise: true)
  }

  private func check(_ example: Example, _ zeroPoint: UInt8, isDepthwise: Bool) throws {
    var random = Random(seed: 42)
    let channels = example.input[3]
    let outputs = isDepthwise ? example.filter[2] * channels : example.filter[2]
    let filterDimensions =
      isDepthwise
      ? [1, example.filter[0], example.filter[1], outputs]
      : [outputs, example.filter[0], example.filter[1], channels / example.groups]
    // Steps off the zero points, small enough that sums stay inside 8 bits.
    let input = random.steps(example.input.reduce(1, *), around: zeroPoint)
    let filter = random.steps(filterDimensions.reduce(1, *), around: zeroPoint)
    let bias = (0..<outputs).map { Int32($0 % 3) - 1 }
    let specs = [
      try KernelRun.tensor(
        "input", .uint8, example.input, input, scale: 0.5, zeroPoint: Int64(zeroPoint)),
      try KernelRun.tensor(
        "filter", .uint8, filterDimensions, filter, scale: 0.25, zeroPoint: Int64(zeroPoint)),
      try KernelRun.tensor("bias", .int32, [outputs], bias, scale: 0.125),
    ]
    let quantization = Quantization(scale: 0.125, zeroPoint: 120)
    let (shape, elements) =
      isDepthwise
      ? try KernelRun.output(
        of: DepthwiseConv2D.self,
        .init(padding: example.padding, stride: example.stride, dilation: example.dilation),
        specs, as: UInt8.self, quantization: quantization)
      : try KernelRun.output(
        of: Conv2D.self,
        .init(padding: example.padding, stride: example.stride, dilation: example.dilation),
        specs, as: UInt8.self, quantization: quantization)

    func extent(_ axis: Int, _ stride: Int, _ dilation: Int) -> (output: Int, before: Int) {
      let covered = (example.filter[axis - 1] - 1) * dilation + 1
      let length = example.input[axis]
      guard example.padding == .same else {
        return (length < covered ? 0 : (length - covered) / stride + 1, 0)
      }
      let output = (length + stride - 1) / stride
      return (output, max((output - 1) * stride + covered - length, 0) / 2)
    }
    let rows = extent(1, example.stride.height, example.dilation.height)
    let columns = extent(2, example.stride.width, example.dilation.width)
    try #require(shape == [example.input[0], rows.output, columns.output, outputs])

    let offset = Int(zeroPoint)
    let groupChannels = isDepthwise ? 1 : channels / example.groups
    let perGroup = isDepthwise ? example.filter[2] : outputs / example.groups
    var index = 0
    for n in 0..<shape[0] {
      for y in 0..<shape[1] {
        for x in 0..<shape[2] {
          for o in 0..<outputs {
            var sum = Int(bias[o])
            for fy in 0..<example.filter[0] {
              for fx in 0..<example.filter[1] {
                let iy = y * example.stride.height + fy * example.dilation.height - rows.before
                let ix = x * example.stride.width + fx * example.dilation.width - columns.before
                guard (0..<example.input[1]).contains(iy), (0..<example.input[2]).contains(ix)
                else { continue }
                for c in 0..<groupChannels {
                  let source =
                    ((n * example.input[1] + iy) * example.input[2] + ix) * channels
                    + o / perGroup * groupChannels + c
                  let weight =
                    isDepthwise
                    ? (fy * example.filter[1] + fx) * outputs + o
                    : ((o * example.filter[0] + fy) * example.filter[1] + fx) * groupChannels + c
                  sum += (Int(input[source]) - offset) * (Int(filter[weight]) - offset)
                }
              }
            }
            let expected = UInt8(clamping: sum + 120)
            guard elements[index] == expected else {
              Issue.record("output \(index): \(elements[index]), expected \(expected)")
              return
            }
            index += 1
          }
        }
      }
    }
  }
}

/// A generator that gives the same numbers on every machine.
struct Random {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 33
  }

  /// Elements up to two steps from `center`, inside the type.
  mutating func steps(_ count: Int, around center: UInt8) -> [UInt8] {
    (0..<count).map { _ in UInt8(clamping: Int(center) + Int(next() % 5) - 2) }
  }
}
