import OctetCore
import OctetOperators
import Testing

/// Operators whose output shapes follow from values, as TensorFlow 2.15.1 computes them.
@Suite struct DataDependentShapeTests {
  @Test func positionsOfWhatIsNotZero() throws {
    let input = try operand(.float32, [2, 3], [0, Float.nan, -0.0, 2, 0, -3])
    let positions = try outputs(of: Where.self, NoOptions(), [input])[0]
    #expect(positions.shape == [3, 2])
    #expect(positions.bytes.values(as: Int64.self) == [0, 1, 1, 0, 1, 2])
  }

  @Test func anUnknownConditionIsAskedFor() throws {
    let unknown = TensorSpec(name: "condition", type: .bool, shape: try Shape([2]))
    #expect(throws: OctetError(.valueNotConstant(index: 0, role: "condition"))) {
      try Where.inferOutputs(NoOptions(), Operands([unknown]))
    }
  }

  @Test func distinctElements() throws {
    let input = try operand(.float32, [7], [Float(5), -2, 5, 0, -0.0, -2, 7])
    let options = Unique.Options(indexType: .int64)
    let found = try outputs(of: Unique.self, options, [input])
    #expect(found[0].bytes.values(as: Float.self) == [5, -2, 0, 7])
    #expect(found[1].bytes.values(as: Int64.self) == [0, 1, 0, 2, 2, 1, 3])
  }

  @Test func nothingAtAll() throws {
    let empty = try operand(.int32, [0], [Int32]())
    #expect(try outputs(of: Unique.self, Unique.Options(), [empty])[0].shape == [0])
    #expect(try outputs(of: Where.self, NoOptions(), [empty])[0].shape == [0, 1])
  }

  /// A plan that is run on another value than it was made for stays within its output.
  @Test func plansStayWithinTheirOutputs() throws {
    let assumed = try operand(.int32, [3], [Int32(0), 1, 0])
    let actual = try operand(.int32, [3], [Int32(1), 2, 3])
    let spec = TensorSpec(name: "output", type: .int64, shape: try Shape([1, 1]))
    let prepared = try Where.prepared(NoOptions(), Operands([assumed]), [spec])
    var output: [Int64] = [-1, -1]
    output.withUnsafeMutableBytes { memory in
      let first = UnsafeMutableRawBufferPointer(rebasing: memory[..<8])
      actual.constant?.withUnsafeBytes {
        prepared.run(KernelBuffers(inputs: [$0], outputs: [first]))
      }
    }
    #expect(output == [0, -1])
  }
}
