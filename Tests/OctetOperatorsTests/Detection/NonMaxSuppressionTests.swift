import OctetCore
import OctetOperators
import Testing

/// Selection of boxes; expected values are those of TensorFlow 2.15.1.
@Suite struct NonMaxSuppressionTests {
  /// Overlapping boxes, ones of equal score, and one without area.
  private func inputs(count: Int32, overlap: Float, sigma: Float? = nil) throws -> [TensorSpec] {
    let boxes: [Float] = [
      0, 0, 1, 1, 0, 0.1, 1, 1.1, 1, 1, 0, -0.1, 0, 10, 1, 11, 0, 10.1, 1, 11.1, 0, 100, 1, 101,
      0, 0, 0, 0,
    ]
    let scores: [Float] = [0.9, 0.75, 0.9, 0.9, 0.5, 0.3, 0.3]
    func scalar(_ value: Float) throws -> TensorSpec { try operand(.float32, [], [value]) }
    return [
      try operand(.float32, [7, 4], boxes), try operand(.float32, [7], scores),
      try operand(.int32, [], [count]), try scalar(overlap), try scalar(0.1),
    ] + (try sigma.map { [try scalar($0)] } ?? [])
  }

  @Test func overlappingBoxesAreLeftOut() throws {
    let found = try outputs(
      of: NonMaxSuppressionV4.self, NoOptions(), inputs(count: 6, overlap: 0.5))
    // A box without area does not overlap itself, and is found again.
    #expect(found[0].bytes.values(as: Int32.self) == [0, 3, 5, 6, 6, 6])
    #expect(found[1].bytes.values(as: Int32.self) == [6])
  }

  @Test func overlappingBoxesLoseScore() throws {
    let found = try outputs(
      of: NonMaxSuppressionV5.self, NoOptions(), inputs(count: 6, overlap: 0.9, sigma: 0.5))
    #expect(found[0].bytes.values(as: Int32.self) == [0, 3, 1, 6, 5, 6])
    let expected: [Float] = [0.9, 0.9, 0.38400355, 0.3, 0.3, 0.3]
    let scores = found[1].bytes.values(as: Float.self)
    #expect(zip(scores, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(found[2].bytes.values(as: Int32.self) == [6])
  }

  @Test func whatIsNotSelectedIsZero() throws {
    let found = try outputs(
      of: NonMaxSuppressionV4.self, NoOptions(), inputs(count: 9, overlap: 0))
    #expect(found[0].bytes.values(as: Int32.self).dropFirst(1).allSatisfy { $0 == 0 })
    #expect(found[1].bytes.values(as: Int32.self) == [1])
  }

  @Test(arguments: [Int32(-1), .min])
  func negativeNumbersAreRefused(count: Int32) throws {
    #expect(throws: OctetError.self) {
      try outputs(
        of: NonMaxSuppressionV4.self, NoOptions(), inputs(count: count, overlap: 0.5))
    }
    #expect(throws: OctetError.self) {
      try outputs(
        of: NonMaxSuppressionV5.self, NoOptions(), inputs(count: 1, overlap: 0.5, sigma: -1))
    }
  }
}
