import OctetCore
import OctetOperators
import Testing

/// Broadcasting, and arithmetic at the ends of the types.
@Suite struct ElementwiseTests {
  @Test func broadcastsSevenDimensions() throws {
    let leftShape = [2, 1, 3, 1, 2, 1, 2]
    let rightShape = [1, 2, 1, 3, 1, 2, 1]
    let left = try tensor(.int32, leftShape, (0..<24).map { Int32($0 * 100) })
    let right = try tensor(.int32, rightShape, (0..<12).map { Int32($0) })
    let sum = try result(Add.self, AdditionOptions(), [left, right], as: Int32.self)
    var expected: [Int32] = []
    for a in 0..<2 {
      for b in 0..<2 {
        for c in 0..<3 {
          for d in 0..<3 {
            for e in 0..<2 {
              for f in 0..<2 {
                for g in 0..<2 {
                  let leftIndex = ((a * 3 + c) * 2 + e) * 2 + g
                  let rightIndex = (b * 3 + d) * 2 + f
                  expected.append(Int32(leftIndex * 100 + rightIndex))
                }
              }
            }
          }
        }
      }
    }
    #expect(sum == expected)
  }

  @Test func emptyTensorsBroadcastToNothing() throws {
    let empty = try tensor(.float32, [0, 3], [Float]())
    let row = try tensor(.float32, [1, 3], [Float](repeating: 1, count: 3))
    #expect(
      try result(Mul.self, FusedActivationOptions(), [empty, row], as: Float.self).isEmpty)
  }

  @Test func shapesThatDoNotBroadcastAreRefused() throws {
    let left = try tensor(.float32, [2], [Float](repeating: 1, count: 2))
    let right = try tensor(.float32, [3], [Float](repeating: 1, count: 3))
    #expect(throws: OctetError(.shapesDoNotBroadcast([2], [3]))) {
      try result(Maximum.self, NoOptions(), [left, right], as: Float.self)
    }
  }

  /// Against outputs recorded from TensorFlow's kernels, which shift by more than 31 bits here.
  @Test func quotientsFarBelowAStepShiftModulo32() throws {
    let left = try tensor(
      .uint8, [8], [UInt8]([100, 101, 102, 103, 105, 110, 200, 177]),
      Quantization(scale: 0.05, zeroPoint: 100))
    let right = try tensor(
      .uint8, [8], [UInt8]([220, 220, 113, 210, 200, 10, 117, 230]),
      Quantization(scale: 0.031, zeroPoint: 110))
    let expected: [Float: [UInt8]] = [
      1: [21, 255, 21, 255, 255, 0, 43, 21], 0.1: [21, 20, 31, 20, 21, 18, 250, 30],
      0.01: [20, 21, 128, 25, 29, 4, 255, 123], 3: [21, 255, 20, 255, 255, 0, 28, 20],
    ]
    for (scale, values) in expected {
      let quotients = try result(
        Div.self, FusedActivationOptions(), [left, right], as: UInt8.self,
        quantization: Quantization(scale: scale, zeroPoint: 20))
      #expect(quotients == values)
    }
  }

  @Test func integersNeverTrap() throws {
    let left = try tensor(.int32, [4], [Int32.min, Int32.min, 7, -7])
    let right = try tensor(.int32, [4], [Int32(-1), 1, 2, 2])
    let inputs = [left, right]
    let activation = FusedActivationOptions()
    #expect(try result(Div.self, activation, inputs, as: Int32.self) == [.min, .min, 3, -3])
    #expect(try result(FloorDiv.self, NoOptions(), inputs, as: Int32.self) == [.min, .min, 3, -4])
    #expect(try result(FloorMod.self, NoOptions(), inputs, as: Int32.self) == [0, 0, 1, 1])
    #expect(try result(Neg.self, NoOptions(), [left], as: Int32.self) == [.min, .min, -7, 7])
    #expect(try result(Abs.self, NoOptions(), [left], as: Int32.self) == [.min, .min, 7, 7])
    let exponents = try tensor(.int32, [4], [Int32(3), 0, 90, 2])
    #expect(
      try result(Pow.self, NoOptions(), [left, exponents], as: Int32.self)
        == [.min, 1, .max, 49])
  }

  @Test func truthIsAnythingButZero() throws {
    let left = try tensor(.bool, [4], [UInt8(0), 1, 2, 255])
    let right = try tensor(.bool, [4], [UInt8(2), 2, 1, 0])
    #expect(
      try result(LogicalAnd.self, NoOptions(), [left, right], as: UInt8.self) == [0, 1, 1, 0])
    #expect(
      try result(LogicalOr.self, NoOptions(), [left, right], as: UInt8.self) == [1, 1, 1, 1])
    #expect(try result(LogicalNot.self, NoOptions(), [left], as: UInt8.self) == [1, 0, 0, 0])
    #expect(try result(Equal.self, NoOptions(), [left, right], as: UInt8.self) == [0, 1, 1, 0])
  }

  @Test func quantizedTypesNeedScales() throws {
    let bytes = try tensor(.uint8, [1], [UInt8(1)])
    #expect(throws: OctetError.self) {
      try result(Add.self, AdditionOptions(), [bytes, bytes], as: UInt8.self)
    }
    #expect(throws: OctetError(.unsupportedTypes(operator: "LOG", types: [.uint8, .uint8]))) {
      try result(Log.self, NoOptions(), [bytes], as: UInt8.self)
    }
  }
}
