import OctetCore
import OctetOperators
import OctetRuntime
import Testing

/// Kernels of comparisons and extremes of bytes, and of int16, against the reference, for equality.
@Suite struct PairKernelTests {
  private static let shapes: [(left: [Int], right: [Int])] =
    BroadcastShapes.pairs
    + [1, 15, 16, 17, 31, 32, 33, 1009, 17000].map { ([$0], [$0]) }

  @Test(arguments: InstructionSet.all, [ElementType.uint8, .int8])
  func bytes(_ set: InstructionSet, _ type: ElementType) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 51, threadCount: 2)
    let lowest: Int64 = type == .int8 ? -128 : 0
    for (index, (left, right)) in Self.shapes.enumerated() {
      let scale = [Float(0.3), 0.01, 1, 50][index % 4]
      let inputs = [
        try comparison.tensor(
          "left", type, left, Quantization(scale: scale, zeroPoint: lowest + Int64(index * 9))),
        try comparison.tensor(
          "right", type, right, Quantization(scale: 0.3, zeroPoint: lowest + 255)),
      ]
      func check<Definition: OperatorDefinition>(
        _ definition: Definition.Type, output: Quantization?
      ) throws where Definition.Options == NoOptions {
        let kernel = try comparison.check(
          definition, NoOptions(), inputs, output: output,
          "\(definition) of \(left) and \(right)")
        _ = try #require(kernel)
      }
      try check(Less.self, output: nil)
      try check(LessEqual.self, output: nil)
      try check(Greater.self, output: nil)
      try check(GreaterEqual.self, output: nil)
      try check(Equal.self, output: nil)
      try check(NotEqual.self, output: nil)
      try check(Minimum.self, output: Quantization(scale: 0.3, zeroPoint: lowest))
      try check(Maximum.self, output: Quantization(scale: 0.3, zeroPoint: lowest))
    }
  }

  @Test(arguments: InstructionSet.all)
  func sumsAndProducts(_ set: InstructionSet) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 52, threadCount: 2)
    for (index, (left, right)) in Self.shapes.enumerated() {
      let inputs = [
        try comparison.wide("left", left, Quantization(scale: 0.003, zeroPoint: 0)),
        try comparison.wide("right", right, Quantization(scale: 0.0007, zeroPoint: 0)),
      ]
      let output = Quantization(scale: [Float(0.00001), 0.003, 0.9][index % 3], zeroPoint: 0)
      let activation = [Activation.none, .relu, .relu6, .reluN1To1][index % 4]
      let comment: Comment = "\(left) and \(right), output \(output)"
      let addition = AdditionOptions(activation: activation, allowsPowerOfTwoScales: false)
      let sum = try comparison.check(Add.self, addition, inputs, output: output, comment)
      let difference = try comparison.check(Sub.self, addition, inputs, output: output, comment)
      let product = try comparison.check(
        Mul.self, FusedActivationOptions(activation: activation), inputs, output: output, comment)
      _ = (try #require(sum), try #require(difference), try #require(product))
      let smaller = try comparison.check(
        Minimum.self, NoOptions(), inputs, output: output, comment)
      let larger = try comparison.check(
        Maximum.self, NoOptions(), inputs, output: output, comment)
      _ = (try #require(smaller), try #require(larger))
    }
  }

  @Test(arguments: InstructionSet.all)
  func sides(_ set: InstructionSet) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 53, threadCount: 2)
    for count in [0, 1, 15, 16, 17, 33, 1009, 40000] {
      let input = try comparison.wide("input", [count], Quantization(scale: 0.003, zeroPoint: 0))
      for scale in [Float(0.00004), 0.003, 0.2] {
        let output = Quantization(scale: scale, zeroPoint: 0)
        let comment: Comment = "\(count) elements, output \(scale)"
        let relu = try comparison.check(
          Relu.self, NoOptions(), [input], output: output, comment)
        let rising = try comparison.check(
          LeakyRelu.self, LeakyRelu.Options(alpha: 0.3), [input], output: output, comment)
        let falling = try comparison.check(
          LeakyRelu.self, LeakyRelu.Options(alpha: -3), [input], output: output, comment)
        _ = (try #require(relu), try #require(rising), try #require(falling))
      }
    }
  }
}
