import OctetCore
import OctetOperators
import Testing

/// Operators whose data decides what they read or write.
@Suite struct IndexTests {
  @Test func gathersAlongAnAxisWithBatches() throws {
    let input = try operand(.int16, [2, 3, 2], (0..<12).map { Int16($0) })
    let indices = try operand(.int64, [2, 2], [2, 0, 1, 1] as [Int64])
    let output = try outputs(
      of: Gather.self, .init(axis: 1, batchDimensions: 1), [input, indices])[0]
    #expect(output.shape == [2, 2, 2])
    #expect(output.bytes.values(as: Int16.self) == [4, 5, 0, 1, 8, 9, 8, 9])
  }

  @Test func gathersZerosForIndicesOutside() throws {
    let input = try operand(.float32, [3], [1, 2, 3] as [Float])
    let indices = try integers(2, 3, -1, .max, .min, 0)
    let output = try outputs(of: Gather.self, .init(), [input, indices], areConstant: false)[0]
    #expect(output.bytes.values(as: Float.self) == [3, 0, 0, 0, 0, 1])
    #expect(throws: OctetError.self) {
      try outputs(of: Gather.self, .init(), [input, indices])
    }
  }

  @Test func gathersSlices() throws {
    let input = try operand(.uint8, [2, 2, 2], (0..<8).map { UInt8($0) })
    let indices = try operand(.int32, [3, 2], [1, 0, 0, 1, 1, 2] as [Int32])
    let output = try outputs(of: GatherND.self, NoOptions(), [input, indices], areConstant: false)[
      0]
    #expect(output.shape == [3, 2])
    #expect(output.bytes.array == [4, 5, 2, 3, 0, 0])
  }

  @Test func scattersAndAdds() throws {
    let indices = try operand(.int32, [4, 1], [1, 3, 1, 9] as [Int32])
    let updates = try operand(.int32, [4], [5, 6, .max, 8] as [Int32])
    let output = try outputs(
      of: ScatterND.self, NoOptions(), [indices, updates, integers(4)], areConstant: false)[0]
    #expect(output.bytes.values(as: Int32.self) == [0, 5 &+ .max, 0, 6])
  }

  @Test func ordersEqualValuesByPosition() throws {
    let input = try operand(.uint8, [2, 5], [3, 9, 3, 9, 1, 7, 7, 7, 7, 7] as [UInt8])
    let k = try operand(.int32, [], [3] as [Int32])
    let found = try outputs(of: TopKV2.self, NoOptions(), [input, k])
    #expect(found[0].bytes.array == [9, 9, 3, 7, 7, 7])
    #expect(found[1].bytes.values(as: Int32.self) == [1, 3, 0, 0, 1, 2])
  }

  @Test func ordersNaNLast() throws {
    let input = try operand(.float32, [4], [.nan, 1, -.infinity, .nan] as [Float])
    let k = try operand(.int32, [], [4] as [Int32])
    let found = try outputs(
      of: TopKV2.self, NoOptions(), [input, k], declared: [.float32, .int16])
    #expect(found[1].bytes.values(as: Int16.self) == [1, 2, 0, 3])
  }

  @Test func sumsBackwardsWithoutTheElementItself() throws {
    let input = try operand(.int32, [2, 3], [1, 2, 3, 4, 5, 6] as [Int32])
    let output = try outputs(
      of: CumSum.self, .init(isExclusive: true, isReversed: true), [input, integers(1)])[0]
    #expect(output.bytes.values(as: Int32.self) == [5, 3, 0, 11, 6, 0])
  }

  @Test func marksOneOfMany() throws {
    let indices = try operand(.int64, [2], [1, -1] as [Int64])
    let depth = try operand(.int32, [], [3] as [Int32])
    let on = try operand(.uint8, [], [5] as [UInt8])
    let off = try operand(.uint8, [], [2] as [UInt8])
    let output = try outputs(of: OneHot.self, .init(axis: 0), [indices, depth, on, off])[0]
    #expect(output.shape == [3, 2])
    #expect(output.bytes.array == [2, 2, 5, 2, 2, 2])
  }
}
