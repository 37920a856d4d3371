import OctetCore
import OctetOperators
import OctetRuntime
import Testing

/// Kernels that compute real numbers element by element against the reference, for equality.
@Suite struct RealKernelTests {
  private let counts = [0, 1, 15, 16, 17, 31, 32, 33, 1009, 40000]

  @Test(arguments: InstructionSet.all)
  func functions(_ set: InstructionSet) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 31, threadCount: 2)
    for count in counts {
      let input = try comparison.reals("input", [count])
      func check<Definition: OperatorDefinition>(
        _ definition: Definition.Type, _ options: Definition.Options
      ) throws {
        let kernel = try comparison.check(
          definition, options, [input], output: nil, "\(definition), \(count) elements")
        _ = try #require(kernel)
      }
      try check(Relu.self, NoOptions())
      try check(Relu6.self, NoOptions())
      try check(ReluN1To1.self, NoOptions())
      try check(Relu0To1.self, NoOptions())
      try check(LeakyRelu.self, LeakyRelu.Options(alpha: -0.3))
      try check(HardSwish.self, NoOptions())
      try check(Abs.self, NoOptions())
      try check(Neg.self, NoOptions())
      try check(Square.self, NoOptions())
      try check(Sqrt.self, NoOptions())
      try check(Rsqrt.self, NoOptions())
      try check(Floor.self, NoOptions())
      try check(Ceil.self, NoOptions())
      try check(Round.self, NoOptions())
      try check(Exp.self, NoOptions())
      try check(Tanh.self, NoOptions())
      try check(Logistic.self, NoOptions())
      try check(Elu.self, NoOptions())
      try check(Log.self, NoOptions())
      try check(Sin.self, NoOptions())
      try check(Cos.self, NoOptions())
      try check(Gelu.self, Gelu.Options())
      try check(Gelu.self, Gelu.Options(isApproximate: true))
    }
  }

  @Test("exponential functions agree for numbers of all sizes", arguments: InstructionSet.all)
  func exponentials(_ set: InstructionSet) throws {
    try set.requireSupport()
    let comparison = try KernelComparison(set, seed: 35)
    // Every 61,681st float32, all bit patterns included.
    let values = (0..<69_632).map { Float(bitPattern: UInt32($0) &* 61_681) }
    let input = try comparison.tensor("input", .float32, [values.count], values: values)
    try comparison.check(Exp.self, NoOptions(), [input], output: nil, "exponential")
    try comparison.check(Tanh.self, NoOptions(), [input], output: nil, "hyperbolic tangent")
    try comparison.check(Logistic.self, NoOptions(), [input], output: nil, "logistic")
    try comparison.check(Elu.self, NoOptions(), [input], output: nil, "linear unit")
    try comparison.check(Log.self, NoOptions(), [input], output: nil, "logarithm")
    try comparison.check(Sin.self, NoOptions(), [input], output: nil, "sine")
    try comparison.check(Cos.self, NoOptions(), [input], output: nil, "cosine")
    try comparison.check(Gelu.self, Gelu.Options(), [input], output: nil, "error unit")
  }

  @Test("powers agree for numbers of all sizes", arguments: InstructionSet.all)
  func powers(_ set: InstructionSet) throws {
    try set.requireSupport()
    let comparison = try KernelComparison(set, seed: 36)
    // Every 61,681st float32 and every 1,048,573rd, all bit patterns included.
    let count: UInt32 = 69_632
    let bases = (0..<count).map { Float(bitPattern: $0 &* 61_681) }
    let exponents = (0..<count).map { Float(bitPattern: $0 &* 1_048_573) }
    let left = try comparison.tensor("left", .float32, [bases.count], values: bases)
    let right = try comparison.tensor("right", .float32, [bases.count], values: exponents)
    try comparison.check(Pow.self, NoOptions(), [left, right], output: nil, "powers")
    for exponent in [2, 3, 0.5, -1, 0] as [Float] {
      let right = try comparison.tensor("right", .float32, [], values: [exponent])
      let kernel = try comparison.check(
        Pow.self, NoOptions(), [left, right], output: nil, "power \(exponent)")
      _ = try #require(kernel)
    }
  }

  @Test(arguments: InstructionSet.all)
  func pairs(_ set: InstructionSet) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 32, threadCount: 2)
    for (index, (left, right)) in (BroadcastShapes.pairs + counts.map { ([$0], [$0]) }).enumerated()
    {
      let inputs = [try comparison.reals("left", left), try comparison.reals("right", right)]
      let activation = [Activation.none, .relu, .relu6, .reluN1To1][index % 4]
      let hasElements = try inputs.broadcastShape.elementCount > 0
      func check<Definition: OperatorDefinition>(
        _ definition: Definition.Type, _ options: Definition.Options
      ) throws {
        let kernel = try comparison.check(
          definition, options, inputs, output: nil, "\(definition) of \(left) and \(right)")
        #expect((kernel != nil) == hasElements)
      }
      let addition = AdditionOptions(activation: activation)
      let product = FusedActivationOptions(activation: activation)
      try check(Add.self, addition)
      try check(Sub.self, addition)
      try check(Mul.self, product)
      try check(Div.self, product)
      try check(Minimum.self, NoOptions())
      try check(Maximum.self, NoOptions())
      try check(SquaredDifference.self, NoOptions())
      try check(Pow.self, NoOptions())
      if try inputs.broadcastShape == inputs[0].shape { try check(PRelu.self, NoOptions()) }
    }
  }

  @Test(arguments: InstructionSet.all, [1, 3])
  func depthwise(_ set: InstructionSet, _ threadCount: Int) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 33, threadCount: threadCount)
    for channels in [1, 2, 3, 4, 5, 8, 15, 16, 17, 31, 33, 67] {
      for multiplier in [1, 2, 7] {
        for (index, window) in Self.windows.enumerated() {
          let input = try comparison.reals("input", [2, 9, window.width, channels])
          let filter = try comparison.reals(
            "filter", [1, window.size, 3, channels * multiplier],
            special: index % 2 == 0 ? [] : KernelComparison.specialReals)
          let bias = try comparison.reals("bias", [channels * multiplier])
          let options = DepthwiseConv2D.Options(
            padding: index % 3 == 0 ? .valid : .same, stride: window.stride,
            dilation: window.dilation, activation: index % 2 == 0 ? .relu6 : .none)
          let kernel = try comparison.check(
            DepthwiseConv2D.self, options, [input, filter, index % 4 == 3 ? nil : bias],
            output: nil, "\(channels) channels, \(multiplier) filters each, \(window)")
          _ = try #require(kernel)
        }
      }
    }
  }

  private struct Window {
    var size: Int
    var width: Int
    var stride = Size2D.one
    var dilation = Size2D.one
  }

  private static let windows = [
    Window(size: 3, width: 11), Window(size: 1, width: 6), Window(size: 5, width: 3),
    Window(size: 3, width: 12, stride: Size2D(height: 2, width: 2)),
    Window(size: 2, width: 21, stride: Size2D(height: 1, width: 3)),
    Window(size: 3, width: 13, dilation: Size2D(height: 4, width: 2)),
    Window(size: 3, width: 7, dilation: Size2D(height: 2, width: 4)),
  ]
}

extension [TensorSpec] {
  fileprivate var broadcastShape: Shape {
    get throws { try Broadcasting(map(\.shape)).shape }
  }
}
