import OctetCore
import OctetOperators
import OctetRuntime
import Testing

/// Kernels of reductions and softmax against the reference, for equality.
@Suite struct RowKernelTests {
  @Test(arguments: InstructionSet.all, [ElementType.uint8, .int8])
  func sumsAndMeans(_ set: InstructionSet, _ type: ElementType) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 41, threadCount: 2)
    let cases: [(shape: [Int], axes: [Int32])] = [
      ([2, 7, 7, 5], [1, 2]), ([1, 4, 4, 16], [1, 2]), ([3, 5, 2, 17], [2, 1]), ([4, 1], [0]),
      ([6, 1009], [1]), ([6, 15], [-1]), ([2, 3, 33, 1], [2]), ([5, 300], [0]),
      ([2, 3, 4, 64], [0, 1, 2, 3]), ([2, 1, 8, 40], [1]),
    ]
    for (shape, axes) in cases {
      let input = try comparison.tensor("input", type, shape, Quantization(scale: 1, zeroPoint: 9))
      let indices = try comparison.tensor("axes", .int32, [axes.count], values: axes)
      for scale in [Float(0.3), 1, 20] {
        let output = Quantization(scale: scale, zeroPoint: 1)
        let comment: Comment = "\(shape) along \(axes), output \(scale)"
        let options = ReductionOptions(keepsDimensions: scale == 1)
        let mean = try comparison.check(
          Mean.self, options, [input, indices], output: output, comment)
        let sum = try comparison.check(
          Sum.self, options, [input, indices], output: output, comment)
        _ = (try #require(mean), try #require(sum))
      }
    }
  }

  @Test("dimensions with others between them keep the reference")
  func separateAxes() throws {
    var comparison = try KernelComparison(InstructionSet.named("portable"), seed: 42)
    let quantization = Quantization(scale: 1, zeroPoint: 9)
    let input = try comparison.tensor("input", .uint8, [2, 3, 4], quantization)
    let axes = try comparison.tensor("axes", .int32, [2], values: [Int32(0), 2])
    let kernel = try comparison.check(
      Mean.self, ReductionOptions(), [input, axes], output: quantization, "")
    #expect(kernel == nil)
  }

  @Test(arguments: InstructionSet.all, [ElementType.uint8, .int8])
  func placesOfLargest(_ set: InstructionSet, _ type: ElementType) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 43, threadCount: 2)
    let axis = try comparison.tensor("axis", .int32, [1], values: [Int32(-1)])
    for length in [1, 2, 15, 16, 17, 21, 31, 32, 33, 100] {
      let input = try comparison.tensor(
        "input", type, [2, 411, length], Quantization(scale: 1, zeroPoint: 0))
      for outputType in [ElementType.int32, .int64] {
        let kernel = try comparison.check(
          ArgMax.self, ArgumentOptions(outputType: outputType), [input, axis], output: nil,
          "\(length) elements")
        _ = try #require(kernel)
      }
    }
  }

  @Test(arguments: InstructionSet.all, [ElementType.uint8, .int8])
  func normalizations(_ set: InstructionSet, _ type: ElementType) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 47, threadCount: 2)
    let output = Quantization(scale: 1 / 128, zeroPoint: type == .int8 ? 0 : 128)
    for length in [1, 2, 15, 16, 17, 33, 100, 40_000] {
      for zeroPoint in type == .int8 ? [Int64(-128), 0, 127] : [0, 128, 255] {
        let input = try comparison.tensor(
          "input", type, [length < 1000 ? 60 : 2, length],
          Quantization(scale: 0.3, zeroPoint: zeroPoint))
        let kernel = try comparison.check(
          L2Normalization.self, L2Normalization.Options(), [input], output: output,
          "\(length) elements, zero point \(zeroPoint)")
        _ = try #require(kernel)
      }
    }
    // Rows without length.
    let zeros = try comparison.tensor(
      "input", type, [3, 21], values: [UInt8](repeating: 0, count: 63))
    var input = zeros
    input.quantization = Quantization(scale: 0.3, zeroPoint: 0)
    let kernel = try comparison.check(
      L2Normalization.self, L2Normalization.Options(), [input], output: output, "zeros")
    _ = try #require(kernel)
  }

  @Test(arguments: InstructionSet.all, [ElementType.uint8, .int8])
  func softmax(_ set: InstructionSet, _ type: ElementType) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 44, threadCount: 2)
    let output = Quantization(scale: 1 / 256, zeroPoint: type == .int8 ? -128 : 0)
    for length in [1, 2, 10, 17, 256, 1001] {
      for scale in [Float(0.0001), 0.05, 0.3, 2, 1e6] {
        let input = try comparison.tensor(
          "input", type, [60, length], Quantization(scale: scale, zeroPoint: 3))
        let kernel = try comparison.check(
          Softmax.self, Softmax.Options(beta: 1), [input], output: output,
          "\(length) classes, scale \(scale)")
        _ = try #require(kernel)
      }
    }
  }
}
