import OctetCore
import OctetOperators
import OctetRuntime
import Testing

/// Kernels of layers with int16 activations and int8 weights against the reference, for equality.
@Suite struct WideKernelTests {
  /// Types of the bias; nil for none, where sums have 64 bits.
  private static let biasTypes: [ElementType?] = [.int32, .int64, nil]

  private static let input = Quantization(scale: 0.003, zeroPoint: 0)

  private static func output(_ index: Int) -> Quantization {
    Quantization(scale: [Float(0.00002), 0.07, 3][index % 3], zeroPoint: 0)
  }

  /// Filter scales of their own for each channel.
  private static func perChannel(_ count: Int, axis: Int) -> Quantization {
    Quantization(
      scales: (0..<count).map { Float($0 % 7 + 1) * ($0 % 5 == 4 ? -0.01 : 0.01) },
      zeroPoints: [Int64](repeating: 0, count: count), axis: axis)
  }

  private func bias(
    _ type: ElementType?, _ count: Int, _ comparison: inout KernelComparison
  ) throws -> TensorSpec? {
    guard let type else { return nil }
    let small = try comparison.bias(count, scale: 0.00003)
    guard type == .int64, let data = small.constant else { return small }
    var wide = small
    wide.type = .int64
    // Some so large that sums wrap.
    wide.constant = Bytes(
      values: data.values(as: Int32.self).map { value in
        abs(Int64(value)) < 10_000 ? Int64(value) * 1000 : Int64(value) << 31
      })
    return wide
  }

  @Test(arguments: InstructionSet.all)
  func dense(_ set: InstructionSet) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 61, threadCount: 2)
    let extents = [1, 2, 3, 5, 7, 8, 12, 13, 16, 17, 31, 32, 33]
    for (index, biasType) in Self.biasTypes.enumerated() {
      for (step, depth) in (extents + [503, 504, 505, 1009, 1511]).enumerated() {
        let rows = extents[(index * 5 + step * 3) % extents.count]
        let units = extents[(index + step * 7) % extents.count]
        let filter =
          step % 2 == 0 ? Quantization(scale: 0.01, zeroPoint: 0) : Self.perChannel(units, axis: 0)
        let inputs = [
          try comparison.wide("input", [rows, depth], Self.input),
          try comparison.tensor("filter", .int8, [units, depth], filter),
          try bias(biasType, units, &comparison),
        ]
        let kernel = try comparison.check(
          FullyConnected.self,
          FullyConnected.Options(activation: step % 3 == 0 ? .relu6 : .none), inputs,
          output: Self.output(index + step),
          "\(rows) rows, \(depth) deep, \(units) units, bias \(String(describing: biasType))")
        _ = try #require(kernel)
      }
    }
  }

  @Test(arguments: InstructionSet.all)
  func convolutions(_ set: InstructionSet) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 62, threadCount: 2)
    for (index, biasType) in Self.biasTypes.enumerated() {
      for (step, window) in ConvolutionKernelTests.Window.all.enumerated() {
        for (groups, channels, outputs) in [(1, 3, 17), (1, 16, 33), (1, 61, 1), (3, 5, 7)] {
          let inputs = [
            try comparison.wide("input", window.input + [groups * channels], Self.input),
            try comparison.tensor(
              "filter", .int8, [groups * outputs] + window.filter + [channels],
              Self.perChannel(groups * outputs, axis: 0)),
            try bias(biasType, groups * outputs, &comparison),
          ]
          let kernel = try comparison.check(
            Conv2D.self,
            Conv2D.Options(
              padding: window.padding, stride: window.stride, dilation: window.dilation,
              activation: step % 2 == 0 ? .none : .relu), inputs,
            output: Self.output(index + step),
            "\(window), \(groups) groups of \(channels), bias \(String(describing: biasType))")
          _ = try #require(kernel)
        }
      }
    }
  }

  @Test(arguments: InstructionSet.all)
  func depthwiseConvolutions(_ set: InstructionSet) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 63, threadCount: 2)
    for (index, biasType) in Self.biasTypes.enumerated() {
      for (step, window) in ConvolutionKernelTests.Window.all.enumerated() {
        for (channels, filters) in [(1, 1), (1, 9), (5, 3), (16, 1), (37, 1)] {
          let inputs = [
            try comparison.wide("input", window.input + [channels], Self.input),
            try comparison.tensor(
              "filter", .int8, [1] + window.filter + [channels * filters],
              Self.perChannel(channels * filters, axis: 3)),
            try bias(biasType, channels * filters, &comparison),
          ]
          let kernel = try comparison.check(
            DepthwiseConv2D.self,
            DepthwiseConv2D.Options(
              padding: window.padding, stride: window.stride, dilation: window.dilation,
              activation: step % 2 == 0 ? .none : .relu), inputs,
            output: Self.output(index + step),
            "\(window), \(channels) channels, bias \(String(describing: biasType))")
          _ = try #require(kernel)
        }
      }
    }
  }

  @Test(arguments: InstructionSet.all)
  func transposedConvolutions(_ set: InstructionSet) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 66, threadCount: 2)
    for (index, biasType) in Self.biasTypes.enumerated() {
      for (step, (extent, window, stride)) in [(1, 1, 1), (4, 3, 2), (3, 5, 3), (2, 1, 3)]
        .enumerated()
      {
        for (channels, outputs) in [(1, 5), (16, 1), (33, 17)] {
          let size = Int32(extent * stride)
          let inputs = [
            try comparison.tensor(
              "shape", .int32, [4], values: [2, size, size, Int32(outputs)]),
            try comparison.tensor(
              "filter", .int8, [outputs, window, window, channels],
              Self.perChannel(outputs, axis: 0)),
            try comparison.wide("input", [2, extent, extent, channels], Self.input),
            try bias(biasType, outputs, &comparison),
          ]
          let kernel = try comparison.check(
            TransposeConv.self,
            TransposeConv.Options(
              padding: .same, stride: Size2D(height: stride, width: stride), activation: .none),
            inputs, output: Self.output(index + step),
            "\(extent), window \(window), stride \(stride), \(channels) channels")
          _ = try #require(kernel)
        }
      }
    }
  }

  @Test(arguments: InstructionSet.all)
  func functions(_ set: InstructionSet) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 64, threadCount: 2)
    let unit = Quantization(scale: 0x1p-15, zeroPoint: 0)
    let scales: [Float] = [0x1p-12, 0x1p-11, 0.0003, 0.00001, 1.7]
    for count in [0, 1, 15, 16, 17, 33, 1009, 40000] {
      for scale in scales {
        let input = try comparison.wide(
          "input", [count], Quantization(scale: scale, zeroPoint: 0))
        let comment: Comment = "\(count) elements of scale \(scale)"
        let options = NoOptions()
        let tangent = try comparison.check(Tanh.self, options, [input], output: unit, comment)
        let logistic = try comparison.check(Logistic.self, options, [input], output: unit, comment)
        let exponential = try comparison.check(
          Exp.self, options, [input], output: Quantization(scale: 0.0005, zeroPoint: 0), comment)
        _ = (try #require(tangent), try #require(logistic), try #require(exponential))
      }
    }
  }

  @Test(arguments: InstructionSet.all)
  func softmax(_ set: InstructionSet) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 65, threadCount: 2)
    for depth in [1, 2, 15, 16, 17, 33, 1009, 30000] {
      for scale in [Float(0.0001), 0.002, 0.7] {
        for beta in [Float(1), 0.3, 0] {
          let input = try comparison.wide(
            "input", [3, depth], Quantization(scale: scale, zeroPoint: 0))
          let kernel = try comparison.check(
            Softmax.self, Softmax.Options(beta: beta), [input],
            output: Quantization(scale: 0x1p-15, zeroPoint: 0),
            "\(depth) elements of scale \(scale), beta \(beta)")
          _ = try #require(kernel)
        }
      }
    }
  }
}
