import OctetCore
import OctetOperators
import Testing

/// Conversions between types, and operators that make tensors of a given shape.
@Suite struct ConversionTests {
  static let wild: [Float] = [1e20, -1e20, .nan, .infinity, 300, -5]

  @Test func castsOfRealsOutOfRangeAreThoseRecorded() throws {
    let input = try tensor(.float32, [6], Self.wild)
    #expect(
      try result(Cast.self, Cast.Options(from: .float32, to: .uint8), [input], as: UInt8.self)
        == [0, 0, 0, 0, 44, 251])
    #expect(
      try result(Cast.self, Cast.Options(from: .float32, to: .int32), [input], as: Int32.self)
        == [.min, .min, .min, .min, 300, -5])
    #expect(
      try result(Cast.self, Cast.Options(from: .float32, to: .int64), [input], as: Int64.self)
        == [.min, .min, .min, .min, 300, -5])
  }

  @Test("What doesn't fit in 32 bits becomes what TensorFlow's kernel makes of it on x86")
  func quantizesRealsOutOfRange() throws {
    let input = try tensor(.float32, [6], Self.wild)
    #expect(
      try result(
        Quantize.self, NoOptions(), [input], as: UInt8.self, declared: .uint8,
        quantization: Quantization(scale: 0.5, zeroPoint: 3)) == [0, 0, 0, 0, 255, 0])
    #expect(
      try result(
        Quantize.self, NoOptions(), [input], as: Int8.self, declared: .int8,
        quantization: Quantization(scale: 0.5, zeroPoint: -3)) == [127, 127, 127, 127, 127, -13])
  }

  @Test func typesWithoutKernelAreRefused() throws {
    let input = try tensor(.uint8, [1], [UInt8(1)], Quantization(scale: 1, zeroPoint: 0))
    #expect(
      throws: OctetError(.unsupportedTypes(operator: "QUANTIZE", types: [.uint8, .int32]))
    ) {
      try result(
        Quantize.self, NoOptions(), [input], as: Int32.self, declared: .int32,
        quantization: Quantization(scale: 1, zeroPoint: 0))
    }
  }

  @Test func halfPrecisionNumbersSurviveTheWayThroughFloat() {
    for bits in UInt16.min...UInt16.max {
      let value = Float(halfBits: bits)
      #expect(value.isNaN || value.halfBits == bits)
    }
    #expect(Float(halfBits: 0x3c00) == 1 && Float(halfBits: 0xfbff) == -65504)
    #expect(Float(65519.99).halfBits == 0x7bff && Float(65520).halfBits == 0x7c00)
    #expect(Float(0x1.002p0).halfBits == 0x3c00 && Float(0x1.006p0).halfBits == 0x3c02)
  }

  @Test func impossibleShapesAreRefused() throws {
    let one = try tensor(.float32, [], [Float(1)])
    let negative = try tensor(.int32, [1], [Int32(-1)])
    let huge = try tensor(.int64, [3], [Int64](repeating: 1 << 40, count: 3))
    for dimensions in [negative, huge] {
      #expect(throws: OctetError.self) {
        try result(Fill.self, NoOptions(), [dimensions, one], as: Float.self)
      }
      #expect(throws: OctetError.self) {
        try result(BroadcastTo.self, NoOptions(), [one, dimensions], as: Float.self)
      }
    }
    let pair = try tensor(.float32, [2], [Float(1), 2])
    let single = try tensor(.int32, [1], [Int32(1)])
    #expect(throws: OctetError(.shapesDoNotBroadcast([2], [1]))) {
      try result(BroadcastTo.self, NoOptions(), [pair, single], as: Float.self)
    }
  }

  @Test(arguments: [
    (Int64(0), Int64(5), Int64(0)), (0, 5, -1), (5, 0, 1), (.min, .max, 1),
  ])
  func stepsThatDoNotLeadToTheLimitAreRefused(
    start: Int64, limit: Int64, delta: Int64
  ) throws {
    let inputs = try [start, limit, delta].map { try tensor(.int64, [], [$0]) }
    #expect(throws: OctetError.self) {
      try result(NumberRange.self, NoOptions(), inputs, as: Int64.self)
    }
  }

  @Test func numbersStopBeforeTheLimit() throws {
    let inputs = try [Int64(1), 8, 3].map { try tensor(.int64, [], [$0]) }
    #expect(try result(NumberRange.self, NoOptions(), inputs, as: Int64.self) == [1, 4, 7])
  }
}
