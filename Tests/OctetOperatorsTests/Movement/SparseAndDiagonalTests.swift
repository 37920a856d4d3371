import OctetCore
import OctetOperators
import Testing

/// Diagonals, sparse values, reversed sequences, updated slices; expected values are those of
/// TensorFlow 2.15.1.
@Suite struct SparseAndDiagonalTests {
  private func matrix() throws -> TensorSpec {
    try operand(.int32, [2, 3], (0..<6).map { Int32($0) })
  }

  @Test func diagonals() throws {
    let matrices = try outputs(of: MatrixDiag.self, NoOptions(), [matrix()])[0]
    #expect(matrices.shape == [2, 3, 3])
    #expect(
      matrices.bytes.values(as: Int32.self) == [
        0, 0, 0, 0, 1, 0, 0, 0, 2, 3, 0, 0, 0, 4, 0, 0, 0, 5,
      ])
    let replaced = try outputs(of: MatrixSetDiag.self, NoOptions(), [matrix(), integers(90, 91)])
    #expect(replaced[0].bytes.values(as: Int32.self) == [90, 1, 2, 3, 91, 5])
    #expect(throws: OctetError.self) {
      try outputs(of: MatrixSetDiag.self, NoOptions(), [matrix(), integers(90, 91, 92)])
    }
  }

  @Test func reversedSequences() throws {
    let input = try operand(.int32, [4, 3], (0..<12).map { Int32($0) })
    let options = ReverseSequence.Options(sequenceAxis: 0, batchAxis: 1)
    let output = try outputs(of: ReverseSequence.self, options, [input, integers(2, 0, 3)])[0]
    #expect(output.bytes.values(as: Int32.self) == [3, 1, 8, 0, 4, 5, 6, 7, 2, 9, 10, 11])
    #expect(throws: OctetError.self) {
      try outputs(of: ReverseSequence.self, options, [input, integers(2, 0, 5)])
    }
    let clamped = try outputs(
      of: ReverseSequence.self, options, [input, integers(.min, 0, .max)], areConstant: false)[0]
    #expect(clamped.bytes.values(as: Int32.self) == [0, 1, 11, 3, 4, 8, 6, 7, 5, 9, 10, 2])
  }

  @Test func valuesAtPlaces() throws {
    let places = try operand(.int32, [3, 2], [Int32(0), 1, 1, 2, 0, 1])
    let inputs = [places, try integers(2, 3), try integers(7, 8, 9), try integers(-1)]
    let output = try outputs(of: SparseToDense.self, SparseToDense.Options(), inputs)[0]
    #expect(output.bytes.values(as: Int32.self) == [-1, 9, -1, -1, -1, 8])
    let outside = try operand(.int64, [1], [Int64(2)])
    #expect(throws: OctetError.self) {
      try outputs(
        of: SparseToDense.self, SparseToDense.Options(),
        [outside, integers(2), integers(7), integers(0)])
    }
    // Any number of indices takes no memory where they have no elements.
    let many = try operand(.int32, [1 << 40, 0], [Int32]())
    #expect(throws: OctetError.self) {
      try outputs(
        of: SparseToDense.self, SparseToDense.Options(),
        [many, operand(.int32, [0], [Int32]()), operand(.int32, [], [Int32(7)]), integers(0)])
    }
  }

  @Test(arguments: [(Int64(-5), Int64(9), [0, 7, 8, 3, 4, 5]), (1, 0, [0, 1, 2, 7, 8, 5])])
  func updatedSlices(row: Int64, column: Int64, expected: [Int32]) throws {
    let update = try operand(.int32, [1, 2], [Int32(7), 8])
    let start = try operand(.int64, [2], [row, column])
    let output = try outputs(of: DynamicUpdateSlice.self, NoOptions(), [matrix(), update, start])
    #expect(output[0].bytes.values(as: Int32.self) == expected)
  }

  @Test func buckets() throws {
    let input = try operand(.float32, [7], [-2, -1.5, 0, 3, 10, 11, Float.nan])
    let options = Bucketize.Options(boundaries: [-1.5, 0, 0, 10])
    let output = try outputs(of: Bucketize.self, options, [input])[0]
    #expect(output.bytes.values(as: Int32.self) == [0, 1, 3, 3, 4, 4, 4])
    #expect(throws: OctetError.self) {
      try outputs(of: Bucketize.self, Bucketize.Options(boundaries: [1, 0]), [input])
    }
  }
}
