import OctetCore
import OctetOperators
import OctetRuntime
import Testing

/// Kernels that compute element by element against the reference, for equality.
@Suite struct ElementKernelTests {
  private let counts = [0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 1009, 40000]

  @Test(arguments: InstructionSet.all, [ElementType.uint8, .int8])
  func tables(_ set: InstructionSet, _ type: ElementType) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 21, threadCount: 2)
    let output = Quantization(scale: 1 / 256, zeroPoint: type == .int8 ? -128 : 0)
    for count in counts {
      let input = try comparison.tensor(
        "input", type, [count], Quantization(scale: 0.05, zeroPoint: 7))
      let kernel = try comparison.check(
        Logistic.self, NoOptions(), [input], output: output, "\(count) elements")
      _ = try #require(kernel)
    }
  }

  @Test(arguments: InstructionSet.all, [ElementType.uint8, .int8])
  func requantization(_ set: InstructionSet, _ type: ElementType) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 22)
    let input = try comparison.tensor(
      "input", type, [1009], Quantization(scale: 0.5, zeroPoint: 100))
    for (scale, other) in [(Float(0.01), ElementType.uint8), (0.5, .int8), (3, .uint8)] {
      let kernel = try comparison.check(
        Quantize.self, NoOptions(), [input], output: Quantization(scale: scale, zeroPoint: 3),
        ofType: other, "\(type) to \(other), scale \(scale)")
      _ = try #require(kernel)
    }
  }

  @Test(arguments: InstructionSet.all, [ElementType.uint8, .int8])
  func realNumbers(_ set: InstructionSet, _ type: ElementType) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 23, threadCount: 2)
    let special: [Float] = [
      .nan, .infinity, -Float.infinity, -0.0, 0.25, -0.25, 0.75, -0.75, 0x1p30,
      Float(0x1p29).nextDown, -0x1p30,
      1e30, -1e30, 0.24999999, -0.24999999, 63.75, 64, .leastNonzeroMagnitude,
    ]
    let zeroPoint: Int64 = type == .int8 ? -3 : 131
    for count in counts {
      let values = (0..<count).map { index in
        index % 3 == 0 ? special[index / 3 % special.count] : Float(index % 611) * 0.25 - 76
      }
      let real = try comparison.tensor("real", .float32, [count], values: values)
      let quantization = Quantization(scale: 0.5, zeroPoint: zeroPoint)
      let down = try comparison.check(
        Quantize.self, NoOptions(), [real], output: quantization, ofType: type, "\(count)")
      let steps = try comparison.tensor("steps", type, [count], quantization)
      let up = try comparison.check(
        Dequantize.self, NoOptions(), [steps], output: nil, "\(count) elements")
      _ = (try #require(down), try #require(up))
    }
  }

  @Test("every half-precision number", arguments: InstructionSet.all)
  func halves(_ set: InstructionSet) throws {
    try set.requireSupport()
    let comparison = try KernelComparison(set, seed: 25, threadCount: 2)
    for count in [0, 1, 15, 17, 65536] {
      let halves = (0..<count).map { UInt16(truncatingIfNeeded: $0) }
      let input = try comparison.tensor("halves", .float16, [count], values: halves)
      let kernel = try comparison.check(
        Dequantize.self, NoOptions(), [input], output: nil, "\(count) elements")
      _ = try #require(kernel)
    }
  }

  @Test(arguments: InstructionSet.all)
  func concatenation(_ set: InstructionSet) throws {
    try set.requireSupport()
    var comparison = try KernelComparison(set, seed: 24, threadCount: 2)
    let output = Quantization(scale: 0.1, zeroPoint: 9)
    for (rows, length) in [(1, 1), (3, 17), (700, 33), (2, 16384)] {
      let inputs = [
        try comparison.tensor(
          "rescaled", .uint8, [rows, length], Quantization(scale: 0.07, zeroPoint: 200)),
        try comparison.tensor("copied", .uint8, [rows, 5], output),
        try comparison.tensor(
          "clamped", .uint8, [rows, length + 1], Quantization(scale: 3, zeroPoint: 0)),
      ]
      let options = Concatenation.Options(axis: 1)
      let kernel = try comparison.check(
        Concatenation.self, options, inputs, output: output, "\(rows) rows of \(length)")
      _ = try #require(kernel)
    }
  }
}
