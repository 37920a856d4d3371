import OctetCore
import OctetOperators
import OctetRuntime
import Testing

/// Kernels of convolutions and dense layers against the reference, for equality.
@Suite struct ConvolutionKernelTests {
  /// The numbers that decide how sums become outputs.
  struct Numbers {
    var type: ElementType
    var inputZeroPoint: Int64
    var filterZeroPoint: Int64
    var outputZeroPoint: Int64
    /// Output steps for each product of an input and a filter step.
    var factor: Float
    var activation: Activation

    var quantization: (input: Quantization, filter: Quantization, output: Quantization) {
      (
        Quantization(scale: 0.5, zeroPoint: inputZeroPoint),
        Quantization(scale: 0.25, zeroPoint: filterZeroPoint),
        Quantization(scale: 0.125 / factor, zeroPoint: outputZeroPoint)
      )
    }

    /// All zero points at the edges, factors below and above 1, and clamps.
    static let all: [Numbers] = [Int64(0), 1, 128, 254, 255].enumerated().flatMap { index, point in
      [Float(0.0003), 0.017, 0.99, 1, 5.3].enumerated().flatMap { position, factor in
        let points: [Int64] = [0, 1, 128, 254, 255]
        let activation: Activation = [.none, .relu, .relu6][(index + position) % 3]
        let unsigned = Numbers(
          type: .uint8, inputZeroPoint: point,
          filterZeroPoint: points[(index + position) % points.count],
          outputZeroPoint: points[(index * 2 + position) % points.count], factor: factor,
          activation: activation)
        var signed = unsigned
        signed.type = .int8
        signed.inputZeroPoint -= 128
        signed.filterZeroPoint = 0
        signed.outputZeroPoint -= 128
        return [unsigned, signed]
      }
    }
  }

  /// Around every tile's width and height, and primes.
  static let extents = [1, 2, 3, 4, 5, 7, 8, 9, 11, 12, 13, 15, 16, 17, 23, 31, 32, 33, 63, 64, 65]

  @Test(arguments: InstructionSet.all)
  func matrixProducts(_ set: InstructionSet) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 1)
    var kernels: Set<String> = []
    for (index, numbers) in Numbers.all.enumerated() {
      for (step, depth) in Self.extents.enumerated() {
        let rows = Self.extents[(index * 5 + step * 3) % Self.extents.count]
        let units = Self.extents[(index * 3 + step * 7) % Self.extents.count]
        var quantization = numbers.quantization
        // A dense layer's int8 filter may have a zero point.
        if numbers.type == .int8, step % 2 == 1 { quantization.filter.zeroPoints = [-77] }
        let inputs = [
          try comparison.tensor("input", numbers.type, [rows, depth], quantization.input),
          try comparison.tensor("filter", numbers.type, [units, depth], quantization.filter),
          step % 3 == 0 ? nil : try comparison.bias(units, scale: 0.125),
        ]
        let kernel = try comparison.check(
          FullyConnected.self, FullyConnected.Options(activation: numbers.activation), inputs,
          output: quantization.output, "\(numbers), \(rows) rows, \(depth) deep, \(units) units")
        kernels.insert(try #require(kernel))
      }
    }
    #expect(kernels.count == 1)
  }

  @Test(arguments: InstructionSet.all)
  func convolutions(_ set: InstructionSet) throws {
    try set.requireSupport()
    try checkWindows(set, seed: 2) { comparison, window, numbers, channels in
      try convolve(
        &comparison, window, numbers, channels: channels, outputs: [1, 3, 16, 17, 33][channels % 5])
    }
  }

  private func convolve(
    _ comparison: inout KernelComparison, _ window: Window, _ numbers: Numbers, channels: Int,
    outputs: Int
  ) throws -> String? {
    let quantization = Self.perChannel(numbers, count: outputs, axis: 0)
    let inputs = [
      try comparison.tensor(
        "input", numbers.type, window.input + [channels], numbers.quantization.input),
      try comparison.tensor(
        "filter", numbers.type, [outputs] + window.filter + [channels], quantization),
      try comparison.bias(outputs, scale: 0.125),
    ]
    return try comparison.check(
      Conv2D.self,
      Conv2D.Options(
        padding: window.padding, stride: window.stride, dilation: window.dilation,
        activation: numbers.activation), inputs, output: numbers.quantization.output,
      "\(numbers), \(window), \(channels) -> \(outputs)")
  }

  @Test(arguments: InstructionSet.all)
  func depthwiseConvolutions(_ set: InstructionSet) throws {
    try set.requireSupport()
    try checkWindows(set, seed: 3) { comparison, window, numbers, channels in
      try convolveDepthwise(&comparison, window, numbers, channels: channels)
    }
  }

  private func convolveDepthwise(
    _ comparison: inout KernelComparison, _ window: Window, _ numbers: Numbers, channels: Int,
    filters: Int = 1
  ) throws -> String? {
    let outputs = channels * filters
    let quantization = Self.perChannel(numbers, count: outputs, axis: 3)
    let inputs = [
      try comparison.tensor(
        "input", numbers.type, window.input + [channels], numbers.quantization.input),
      try comparison.tensor(
        "filter", numbers.type, [1] + window.filter + [outputs], quantization),
      try comparison.bias(outputs, scale: 0.125),
    ]
    return try comparison.check(
      DepthwiseConv2D.self,
      DepthwiseConv2D.Options(
        padding: window.padding, stride: window.stride, dilation: window.dilation,
        activation: numbers.activation), inputs, output: numbers.quantization.output,
      "\(numbers), \(window), \(channels) channels, \(filters) filters")
  }

  @Test(arguments: InstructionSet.all)
  func severalFiltersForEachChannel(_ set: InstructionSet) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 8)
    for numbers in Numbers.all.prefix(6) {
      for (channels, filters) in [(1, 8), (3, 2), (17, 5)] {
        let window = Window(input: [2, 7, 6], filter: [3, 2], stride: Size2D(height: 2, width: 1))
        let kernel = try convolveDepthwise(
          &comparison, window, numbers, channels: channels, filters: filters)
        _ = try #require(kernel)
      }
    }
  }

  @Test("threads share large operators without changing them", arguments: [2, 3, 4])
  func threads(_ count: Int) throws {
    for set in InstructionSet.all where set.isSupported {
      var comparison = try KernelComparison(set, seed: 4, threadCount: count)
      for numbers in Numbers.all.prefix(4) {
        let window = Window(input: [1, 23, 19], filter: [3, 3])
        _ = try convolve(&comparison, window, numbers, channels: 37, outputs: 65)
        _ = try convolveDepthwise(&comparison, window, numbers, channels: 67)
        let row = Window(input: [1, 1, 1], filter: [1, 1])
        _ = try convolve(&comparison, row, numbers, channels: 1021, outputs: 509)
      }
    }
  }

  struct Window {
    /// Batches, height and width.
    var input: [Int]
    /// Height and width.
    var filter: [Int]
    var stride = Size2D.one
    var dilation = Size2D.one
    var padding = Padding.same

    static let all = [
      Window(input: [0, 5, 5], filter: [3, 3]),
      Window(input: [1, 0, 5], filter: [3, 3]),
      Window(input: [1, 2, 2], filter: [3, 3], padding: .valid),
      Window(input: [1, 1, 1], filter: [1, 1]),
      Window(input: [2, 5, 7], filter: [3, 3]),
      Window(input: [1, 7, 6], filter: [3, 3], stride: Size2D(height: 2, width: 2)),
      Window(input: [1, 5, 13], filter: [1, 1], stride: Size2D(height: 2, width: 3)),
      Window(input: [1, 2, 2], filter: [5, 5]),
      Window(input: [1, 9, 8], filter: [3, 2], dilation: Size2D(height: 2, width: 3)),
      Window(
        input: [1, 8, 9], filter: [2, 4], stride: Size2D(height: 1, width: 2), padding: .valid),
    ]
  }

  private func checkWindows(
    _ set: InstructionSet, seed: UInt64,
    _ check: (inout KernelComparison, Window, Numbers, Int) throws -> String?
  ) throws {
    var comparison = try KernelComparison(set, seed: seed)
    for (index, numbers) in Numbers.all.enumerated() {
      for (step, window) in Window.all.enumerated() {
        let channels = Self.extents[(index * 4 + step * 5) % Self.extents.count]
        _ = try #require(try check(&comparison, window, numbers, channels))
      }
    }
  }

  /// Filter scales of their own for each channel, some negative, where the type has them.
  private static func perChannel(_ numbers: Numbers, count: Int, axis: Int) -> Quantization {
    guard numbers.type == .int8, count > 1 else { return numbers.quantization.filter }
    return Quantization(
      scales: (0..<count).map { Float($0 % 7 + 1) * ($0 % 5 == 4 ? -0.05 : 0.05) },
      zeroPoints: [Int64](repeating: 0, count: count), axis: axis)
  }

  @Test("names choose an instruction set, and unknown ones are told which there are")
  func names() throws {
    for set in InstructionSet.all where set.isSupported {
      #expect(try InstructionSet.named(set.name) == set)
    }
    let error = #expect(throws: OctetError.self) { try InstructionSet.named("sse9") }
    let remedy = try #require(error?.remedy)
    #expect(InstructionSet.all.allSatisfy { remedy.contains($0.name) })
  }
}
