import OctetCore
import OctetOperators
import OctetRuntime
import Testing

/// Shapes that are broadcast against each other.
enum BroadcastShapes {
  static let pairs: [(left: [Int], right: [Int])] = [
    ([7], [7]),
    // One value, on either side.
    ([5, 13], [1]), ([1, 1], [5, 411]),
    // A row for every pixel, short and as long as a piece of work.
    ([4, 9, 3], [3]), ([1, 17], [131, 17]), ([3, 1023], [1023]), ([3, 1024], [1024]),
    ([3, 1025], [1025]), ([60, 20, 16], [16]),
    // A value for each channel of each batch.
    ([2, 5, 7, 19], [2, 1, 1, 19]), ([2, 3, 1], [2, 3, 600]), ([1, 1, 9, 1], [2, 7, 9, 33]),
    // Both are repeated.
    ([5, 1, 3], [1, 7, 1]), ([40, 1], [1, 70]), ([2, 1, 3, 1, 5], [1, 4, 1, 6, 5]),
  ]
}

/// Kernels of products against the reference, for equality.
@Suite struct ProductKernelTests {
  @Test(arguments: InstructionSet.all, [ElementType.uint8, .int8])
  func products(_ set: InstructionSet, _ type: ElementType) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 11)
    let lowest: Int64 = type == .int8 ? -128 : 0
    let points: [Int64] = [0, 1, 128, 254, 255].map { $0 + lowest }
    for (index, count) in [1, 15, 16, 17, 31, 32, 33, 1009, 17000].enumerated() {
      for (step, scale) in [Float(0.001), 0.5, 1, 7, 3000].enumerated() {
        let inputs = [
          try comparison.tensor(
            "left", type, [count], Quantization(scale: 1, zeroPoint: points[step])),
          try comparison.tensor(
            "right", type, [count], Quantization(scale: 1, zeroPoint: points[(index + step) % 5])),
        ]
        let output = Quantization(scale: scale, zeroPoint: points[(index * 2 + step) % 5])
        let options = FusedActivationOptions(activation: [.none, .relu, .relu6][index % 3])
        let kernel = try comparison.check(
          Mul.self, options, inputs, output: output, "\(count) elements, output \(scale)")
        _ = try #require(kernel)
      }
    }
  }

  @Test(arguments: InstructionSet.all)
  func squaredDifferences(_ set: InstructionSet) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 13)
    for (index, (left, right)) in BroadcastShapes.pairs.enumerated() {
      for scale in [Float(0.02), 5, 3000] {
        let points: [Int64] = [-128, -127, 0, 126, 127]
        let inputs = [
          try comparison.tensor(
            "left", .int8, left, Quantization(scale: 0.5, zeroPoint: points[index % 5])),
          try comparison.tensor(
            "right", .int8, right, Quantization(scale: 0.3, zeroPoint: points[index / 5 % 5])),
        ]
        let kernel = try comparison.check(
          SquaredDifference.self, NoOptions(), inputs,
          output: Quantization(scale: scale, zeroPoint: -100), "(\(left) − \(right))², \(scale)")
        _ = try #require(kernel)
      }
    }
  }

  @Test(arguments: InstructionSet.all, [1, 3])
  func broadcast(_ set: InstructionSet, _ threadCount: Int) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 12, threadCount: threadCount)
    for (left, right) in BroadcastShapes.pairs {
      let inputs = [
        try comparison.tensor("left", .int8, left, Quantization(scale: 0.5, zeroPoint: 3)),
        try comparison.tensor("right", .int8, right, Quantization(scale: 0.3, zeroPoint: -100)),
      ]
      let kernel = try comparison.check(
        Mul.self, FusedActivationOptions(), inputs, output: Quantization(scale: 9, zeroPoint: 5),
        "\(left) · \(right)")
      _ = try #require(kernel)
    }
  }
}
