import OctetCore
import OctetOperators
import OctetRuntime
import Testing

/// Kernels that move elements against the reference, for equality.
@Suite struct MovementKernelTests {
  private static let shapes = [
    [8, 8], [16, 16], [17, 61], [7, 9], [1, 200, 3], [2, 9, 33], [3, 5, 8, 19], [2, 2, 11, 13],
    [0, 16], [40, 70],
  ]

  @Test("axes in every order that begins with one of them", arguments: InstructionSet.all)
  func transpositions(_ set: InstructionSet) throws {
    try set.requireSupport()
    var count = 0
    for shape in Self.shapes {
      for first in shape.indices {
        let rest = shape.indices.filter { $0 != first }
        for permutation in [[first] + rest, [first] + rest.reversed(), rest + [first]] {
          if try check(set, shape, permutation) { count += 1 }
        }
      }
    }
    #expect(count > 10)
  }

  /// Whether there is a kernel for elements of some width.
  private func check(_ set: InstructionSet, _ shape: [Int], _ permutation: [Int]) throws -> Bool {
    var comparison = try KernelComparison(set, seed: 77, threadCount: shape.count)
    let order = try comparison.tensor(
      "order", .int32, [permutation.count], values: permutation.map { Int32($0) })
    let inputs = [
      try comparison.tensor("bytes", .int8, shape, Quantization(scale: 1, zeroPoint: 0)),
      try comparison.wide("words", shape, Quantization(scale: 1, zeroPoint: 0)),
      try comparison.reals("reals", shape),
    ]
    var hasKernel = false
    for input in inputs {
      let kernel = try comparison.check(
        Transpose.self, NoOptions(), [input, order], output: input.quantization,
        "\(input.type) \(shape) as \(permutation)")
      if permutation == [1, 0], shape.allSatisfy({ $0 >= 8 }) { _ = try #require(kernel) }
      hasKernel = hasKernel || kernel != nil
    }
    return hasKernel
  }
}
