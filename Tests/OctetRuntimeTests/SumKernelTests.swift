import OctetCore
import OctetOperators
import OctetRuntime
import Testing

/// Kernels of sums and differences against the reference, for equality.
@Suite struct SumKernelTests {
  @Test(arguments: InstructionSet.all, [ElementType.uint8, .int8])
  func sums(_ set: InstructionSet, _ type: ElementType) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 5)
    let lowest: Int64 = type == .int8 ? -128 : 0
    for (index, count) in [1, 15, 16, 17, 61, 63, 64, 65, 127, 128, 1009, 16384, 17000].enumerated()
    {
      for (step, ratio) in [Float(0.001), 0.3, 1, 1.7, 900].enumerated() {
        let points: [Int64] = [0, 1, 128, 254, 255].map { $0 + lowest }
        let inputs = [
          try comparison.tensor(
            "left", type, [count, 1], Quantization(scale: 0.5, zeroPoint: points[step])),
          try comparison.tensor(
            "right", type, [count, 1],
            Quantization(scale: 0.5 * ratio, zeroPoint: points[(index + step) % 5])),
        ]
        for scale in [Float(0.1), 1, 40] {
          let output = Quantization(scale: scale, zeroPoint: points[(index * 2 + step) % 5])
          let activation: Activation = [.none, .relu, .relu6][index % 3]
          let options = AdditionOptions(activation: activation)
          let comment: Comment = "\(count) elements, ratio \(ratio), output \(scale)"
          let sum = try comparison.check(Add.self, options, inputs, output: output, comment)
          let difference = try comparison.check(Sub.self, options, inputs, output: output, comment)
          _ = (try #require(sum), try #require(difference))
        }
      }
    }
  }

  @Test(arguments: InstructionSet.all)
  func broadcast(_ set: InstructionSet) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 6)
    let quantization = Quantization(scale: 0.5, zeroPoint: 3)
    for (left, right) in BroadcastShapes.pairs {
      let inputs = [
        try comparison.tensor("left", .uint8, left, quantization),
        try comparison.tensor("right", .uint8, right, Quantization(scale: 0.3, zeroPoint: 250)),
      ]
      let kernel = try comparison.check(
        Sub.self, AdditionOptions(), inputs, output: quantization, "\(left) − \(right)")
      _ = try #require(kernel)
    }
  }
}
