import OctetCore
import OctetOperators
import Testing

/// Reductions by segment; expected values are those of TensorFlow 2.15.1.
@Suite struct SegmentTests {
  private func data() throws -> TensorSpec {
    try operand(.float32, [4, 2], [Float(1), 2, 3, 4, 5, 6, -7, 8])
  }

  private func reduce<Definition: OperatorDefinition>(
    _ definition: Definition.Type, _ segments: [Int32], count: Int32
  ) throws -> [Float] where Definition.Options == NoOptions {
    let inputs = [try data(), try operand(.int32, [4], segments), try integers(count)]
    return try outputs(of: definition, NoOptions(), inputs)[0].bytes.values(as: Float.self)
  }

  @Test func sumsOfFollowingSegments() throws {
    let sums = try outputs(of: SegmentSum.self, NoOptions(), [data(), integers(0, 0, 1, 1)])[0]
    #expect(sums.shape == [2, 2])
    #expect(sums.bytes.values(as: Float.self) == [4, 6, -2, 14])
  }

  @Test func segmentsInAnyOrder() throws {
    let segments: [Int32] = [2, -1, 0, 2]
    let low = -Float.greatestFiniteMagnitude
    #expect(
      try reduce(UnsortedSegmentSum.self, segments, count: 4) == [5, 6, 0, 0, -6, 10, 0, 0])
    #expect(
      try reduce(UnsortedSegmentProd.self, segments, count: 4) == [5, 6, 1, 1, -7, 16, 1, 1])
    #expect(
      try reduce(UnsortedSegmentMax.self, segments, count: 4) == [5, 6, low, low, 1, 8, low, low])
    #expect(
      try reduce(UnsortedSegmentMin.self, segments, count: 4)
        == [5, 6, -low, -low, -7, 2, -low, -low])
  }

  @Test(arguments: [[Int32(1), 1, 2, 2], [0, 2, 2, 3], [0, 1, 0, 1], [-1, 0, 0, 1]])
  func unorderedSegmentsAreRefused(segments: [Int32]) throws {
    let inputs = [try data(), try operand(.int32, [4], segments)]
    #expect(throws: OctetError.self) { try outputs(of: SegmentSum.self, NoOptions(), inputs) }
  }

  @Test func segmentsThatDoNotExist() throws {
    let inputs = [try data(), try integers(0, 1, 2, .max), try integers(2)]
    #expect(throws: OctetError.self) {
      try outputs(of: UnsortedSegmentSum.self, NoOptions(), inputs)
    }
    let sums = try outputs(
      of: UnsortedSegmentSum.self, NoOptions(), inputs, areConstant: false)[0]
    #expect(sums.bytes.values(as: Float.self) == [1, 2, 3, 4])
  }
}
