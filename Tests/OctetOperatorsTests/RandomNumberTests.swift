import OctetCore
import OctetOperators
import Testing

/// Random numbers for given seeds; expected values are those of TensorFlow 2.15.1.
@Suite struct RandomNumberTests {
  private let seeds = RandomOptions(seed: 3, seed2: -4)

  @Test func uniformNumbers() throws {
    let numbers = try outputs(of: RandomUniform.self, seeds, [integers(6)])[0]
    #expect(
      numbers.bytes.values(as: Float.self)
        == [0.794193, 0.3211105, 0.07869601, 0.14371347, 0.65268004, 0.64774716])
  }

  @Test func normalNumbers() throws {
    let numbers = try outputs(of: RandomStandardNormal.self, seeds, [integers(2, 3)])[0]
    let expected: [Float] = [
      0.6122235, -0.29332542, 1.7704474, 1.3963673, -0.7395788, -0.5534977,
    ]
    let found = numbers.bytes.values(as: Float.self)
    #expect(numbers.shape == [2, 3])
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-5 * abs($1) })
  }

  @Test func samplesOfClasses() throws {
    let logarithms = try operand(.float32, [2, 4], [Float(0), 1, -.infinity, 2, 5, 5, 5, 5])
    let samples = try outputs(
      of: Multinomial.self, seeds, [logarithms, integers(7)], declared: [.int64])[0]
    #expect(samples.shape == [2, 7])
    #expect(
      samples.bytes.values(as: Int64.self) == [3, 3, 1, 0, 1, 3, 1, 2, 1, 1, 2, 1, 2, 3])
  }

  @Test func withoutSeedsNumbersDiffer() throws {
    func draw() throws -> [Float] {
      try outputs(of: RandomUniform.self, RandomOptions(), [integers(8)])[0]
        .bytes.values(as: Float.self)
    }
    #expect(try draw() != draw())
  }

  @Test func anInvokeGoesOnWhereTheLastEnded() throws {
    let shape = try integers(4)
    let spec = TensorSpec(name: "output", type: .float32, shape: try Shape([4]))
    let prepared = try RandomUniform.prepared(seeds, Operands([shape]), [spec])
    var invokes: [[Float]] = []
    for _ in 0..<2 {
      var output = [Float](repeating: 0, count: 4)
      output.withUnsafeMutableBytes { memory in
        prepared.run(KernelBuffers(inputs: [nil], outputs: [memory]))
      }
      invokes.append(output)
    }
    #expect(invokes[0] == [0.794193, 0.3211105, 0.07869601, 0.14371347])
    #expect(Array(invokes[1][..<2]) == [0.65268004, 0.64774716])
  }
}
