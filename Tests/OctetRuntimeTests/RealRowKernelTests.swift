import OctetCore
import OctetOperators
import OctetRuntime
import Testing

/// Kernels of rows and windows of real numbers against the reference, for equality.
@Suite struct RealRowKernelTests {
  /// Shapes with the dimensions to reduce: inner extents of one, below and above vectors.
  private static let reductions: [(shape: [Int], axes: [Int32])] = [
    ([1, 1], [1]), ([7, 300], [1]), ([8, 33], [1]), ([41, 5], [-1]), ([2, 9, 7, 1], [1, 2]),
    ([300, 2], [0]), ([3, 50, 4], [1]), ([20, 15], [0]), ([2, 13, 16], [1]), ([5, 17], [0]),
    ([2, 3, 5, 67], [1, 2]), ([4, 6, 8], [0, 1, 2]),
  ]

  @Test(arguments: InstructionSet.all, [1, 3])
  func reductions(_ set: InstructionSet, _ threadCount: Int) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 41, threadCount: threadCount)
    for (shape, axes) in Self.reductions {
      for isSpecial in [false, true] {
        let input = try comparison.reals(
          "input", shape, special: isSpecial ? [0, -0.0, .nan, -.infinity, .infinity] : [])
        let places = try comparison.tensor("axes", .int32, [axes.count], values: axes)
        func check<Definition: ReductionOperator>(_ definition: Definition.Type) throws {
          let kernel = try comparison.check(
            definition, ReductionOptions(), [input, places], output: nil,
            "\(definition) of \(shape) along \(axes)")
          _ = try #require(kernel)
        }
        try check(Sum.self)
        try check(Mean.self)
        try check(ReduceProd.self)
        try check(ReduceMax.self)
        try check(ReduceMin.self)
      }
    }
  }

  @Test(arguments: InstructionSet.all, [ElementType.int16, .int32])
  func reductionsOfIntegers(_ set: InstructionSet, _ type: ElementType) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 45, threadCount: 2)
    let quantization = type == .int16 ? Quantization(scale: 0.5, zeroPoint: 0) : nil
    for (shape, axes) in Self.reductions {
      // Some sums of int32 elements fit in as many bits, others don't.
      for bits in [3, 16] {
        let wide = try comparison.wide("input", shape, Quantization(scale: 0.5, zeroPoint: 0))
        let elements = wide.constant?.values(as: Int16.self) ?? []
        let input =
          type == .int16
          ? wide
          : try comparison.tensor(
            "input", .int32, shape, values: elements.map { Int32($0) << Int32(bits) })
        let places = try comparison.tensor("axes", .int32, [axes.count], values: axes)
        func check<Definition: ReductionOperator>(_ definition: Definition.Type) throws {
          let kernel = try comparison.check(
            definition, ReductionOptions(), [input, places], output: quantization,
            "\(definition) of \(shape) along \(axes)")
          _ = try #require(kernel)
        }
        try check(Sum.self)
        try check(Mean.self)
        try check(ReduceMax.self)
        try check(ReduceMin.self)
        if type == .int32 { try check(ReduceProd.self) }
      }
    }
  }

  @Test(arguments: InstructionSet.all)
  func placesOfExtremes(_ set: InstructionSet) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 46, threadCount: 2)
    let axis = try comparison.tensor("axis", .int32, [1], values: [Int32(-1)])
    for length in [1, 2, 15, 16, 17, 21, 31, 32, 33, 100] {
      for special in [[], [Float(1e9), -1e9], KernelComparison.specialReals] {
        let input = try comparison.reals("input", [2, 211, length], special: special)
        for outputType in [ElementType.int32, .int64] {
          let options = ArgumentOptions(outputType: outputType)
          let largest = try comparison.check(
            ArgMax.self, options, [input, axis], output: nil, "\(length) elements")
          let smallest = try comparison.check(
            ArgMin.self, options, [input, axis], output: nil, "\(length) elements")
          _ = (try #require(largest), try #require(smallest))
        }
      }
    }
  }

  @Test(arguments: InstructionSet.all, [ElementType.bool, .uint8, .int8])
  func extremesOfBytes(_ set: InstructionSet, _ type: ElementType) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 42, threadCount: 2)
    let quantization = Quantization(scale: 1, zeroPoint: 0)
    for (shape, axes) in Self.reductions {
      let input = try comparison.tensor("input", type, shape, quantization)
      let places = try comparison.tensor("axes", .int32, [axes.count], values: axes)
      func check<Definition: ReductionOperator>(_ definition: Definition.Type) throws {
        let kernel = try comparison.check(
          definition, ReductionOptions(), [input, places],
          output: type == .bool ? nil : quantization,
          "\(definition) of \(shape) along \(axes)")
        _ = try #require(kernel)
      }
      if type == .bool {
        try check(ReduceAll.self)
        try check(ReduceAny.self)
      } else {
        try check(ReduceMax.self)
        try check(ReduceMin.self)
      }
    }
  }

  @Test(arguments: InstructionSet.all, [1, 3])
  func softmax(_ set: InstructionSet, _ threadCount: Int) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 43, threadCount: threadCount)
    for (rows, length) in [(1, 1), (3, 15), (2, 16), (7, 17), (300, 33), (2, 5000)] {
      for special in [[], [Float(0), -0.0, -100], KernelComparison.specialReals] {
        let input = try comparison.reals("input", [rows, length], special: special)
        let softmax = try comparison.check(
          Softmax.self, Softmax.Options(beta: 0.7), [input], output: nil, "\(rows) × \(length)")
        let logarithm = try comparison.check(
          LogSoftmax.self, NoOptions(), [input], output: nil, "\(rows) × \(length)")
        _ = (try #require(softmax), try #require(logarithm))
      }
    }
  }

  @Test(arguments: InstructionSet.all, [1, 3])
  func pooling(_ set: InstructionSet, _ threadCount: Int) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 44, threadCount: threadCount)
    for channels in [1, 3, 4, 5, 15, 16, 17, 33] {
      for (index, size) in [1, 2, 3, 7].enumerated() {
        let input = try comparison.reals("input", [2, 9, 11, channels])
        let options = PoolOptions(
          padding: index % 2 == 0 ? .same : .valid, stride: Size2D(height: 1 + index % 2, width: 2),
          window: Size2D(height: size, width: size + index % 2),
          activation: index % 2 == 0 ? .none : .relu6)
        let comment: Comment = "\(channels) channels, \(options)"
        let average = try comparison.check(
          AveragePool2D.self, options, [input], output: nil, comment)
        let maximum = try comparison.check(MaxPool2D.self, options, [input], output: nil, comment)
        _ = (try #require(average), try #require(maximum))
      }
    }
  }
}
