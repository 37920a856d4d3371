import OctetCore
import OctetOperators
import Testing

/// Reductions at the ends of their domains; ordinary ones are among the recorded operators.
@Suite struct ReductionTests {
  @Test(
    "uint8 sums are those of TensorFlow 2.15.1",
    arguments: [
      (Float(0.5), Int64(128), [UInt8(0), 200]), (0.7, 128, [0, 179]), (0.5, 100, [0, 172]),
    ])
  func sums(scale: Float, zeroPoint: Int64, expected: [UInt8]) throws {
    let input = try tensor(
      .uint8, [2, 3], [UInt8(10), 20, 30, 200, 128, 128],
      Quantization(scale: 0.5, zeroPoint: 128))
    let axes = try tensor(.int32, [1], [Int32(1)])
    let sums = try result(
      Sum.self, ReductionOptions(), [input, axes], as: UInt8.self,
      quantization: Quantization(scale: scale, zeroPoint: zeroPoint))
    #expect(sums == expected)
  }

  @Test func sumsOfTruthsAreWhetherAnyIsTrue() throws {
    let input = try tensor(.bool, [2, 3], [UInt8(0), 1, 1, 0, 0, 0])
    let axes = try tensor(.int32, [1], [Int32(1)])
    #expect(try result(Sum.self, ReductionOptions(), [input, axes], as: UInt8.self) == [1, 0])
  }

  @Test func reductionsOverNothing() throws {
    let empty = try tensor(.float32, [2, 0], [Float]())
    let noIntegers = try tensor(.int32, [2, 0], [Int32]())
    let axes = try tensor(.int32, [1], [Int32(-1)])
    let options = ReductionOptions()
    let means = try result(Mean.self, options, [empty, axes], as: Float.self)
    #expect(means.count == 2 && means.allSatisfy { $0.isNaN })
    #expect(try result(Mean.self, options, [noIntegers, axes], as: Int32.self) == [0, 0])
    #expect(try result(Sum.self, options, [empty, axes], as: Float.self) == [0, 0])
    #expect(try result(ReduceProd.self, options, [noIntegers, axes], as: Int32.self) == [1, 1])
    #expect(
      try result(ReduceMax.self, options, [noIntegers, axes], as: Int32.self) == [.min, .min])
    #expect(throws: OctetError.self) {
      try result(
        ArgMax.self, ArgumentOptions(outputType: .int32), [empty, axes], as: Int32.self)
    }
  }

  @Test(arguments: [Int32(2), -3, .max, .min])
  func axesOutsideTheRankAreRefused(axis: Int32) throws {
    let input = try tensor(.float32, [1, 1], [Float(1)])
    let axes = try tensor(.int32, [1], [axis])
    #expect(throws: OctetError(.invalidAxis(Int(axis), rank: 2))) {
      try result(Mean.self, ReductionOptions(), [input, axes], as: Float.self)
    }
  }

  @Test func repeatedAxesCountOnce() throws {
    let input = try tensor(.float32, [2, 2], [Float(1), 2, 3, 5])
    let axes = try tensor(.int32, [3], [Int32(1), -1, 1])
    let options = ReductionOptions(keepsDimensions: true)
    #expect(try result(Mean.self, options, [input, axes], as: Float.self) == [1.5, 4])
  }
}
