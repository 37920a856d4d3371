import OctetCore
import OctetOperators
import Testing

/// Operators on bits and shapes; expected values are those of TensorFlow 2.15.1.
@Suite struct BitTests {
  @Test func exclusiveOrIsBroadcast() throws {
    let inputs = [
      try operand(.int16, [2, 1], [Int16(1), -2]), try operand(.int16, [2], [Int16(3), 77]),
    ]
    let output = try outputs(of: BitwiseXor.self, NoOptions(), inputs)[0]
    #expect(output.bytes.values(as: Int16.self) == [2, 76, -3, -77])
  }

  @Test func shiftsAreClamped() throws {
    let inputs = [
      try operand(.int8, [4], [Int8(-128), 100, -1, 64]),
      try operand(.int8, [4], [Int8(1), 3, 9, -1]),
    ]
    let output = try outputs(of: RightShift.self, NoOptions(), inputs)[0]
    #expect(output.bytes.values(as: Int8.self) == [-64, 12, -1, 64])
  }

  @Test func bytesAsAnotherType() throws {
    let words = try operand(.int16, [2], [Int16(1), -2])
    let bytes = try outputs(of: Bitcast.self, NoOptions(), [words], declared: [.uint8])[0]
    #expect(bytes.shape == [2, 2])
    #expect(bytes.bytes.array == [1, 0, 254, 255])
    let joined = try outputs(of: Bitcast.self, NoOptions(), [words], declared: [.int32])[0]
    #expect(joined.shape == [])
    #expect(throws: OctetError.self) {
      try outputs(of: Bitcast.self, NoOptions(), [words], declared: [.int64])
    }
  }

  @Test func shapesThatBroadcast() throws {
    let shape = try outputs(
      of: BroadcastArgs.self, NoOptions(), [integers(3, 1), integers(2, 1, 7)])[0]
    #expect(shape.bytes.values(as: Int32.self) == [2, 3, 7])
    #expect(throws: OctetError.self) {
      try outputs(of: BroadcastArgs.self, NoOptions(), [integers(3), integers(2)])
    }
  }
}
