import OctetCore
import OctetFormat
import Testing

@Suite struct PackedStringsTests {
  /// What TensorFlow 2.15 stores for `["a", "", "bcd"]`.
  static let recorded: [UInt8] =
    [3, 0, 0, 0, 20, 0, 0, 0, 21, 0, 0, 0, 21, 0, 0, 0, 24, 0, 0, 0] + Array("abcd".utf8)

  @Test("strings of any length are read and written as TensorFlow stores them")
  func roundTrip() throws {
    let strings = try PackedStrings(Bytes(Self.recorded))
    #expect(strings.strings.map { String(decoding: $0.array, as: UTF8.self) } == ["a", "", "bcd"])
    #expect(try PackedStrings(strings.strings).bytes.array == Self.recorded)
    #expect(try PackedStrings([Bytes]()).bytes.array == [0, 0, 0, 0, 8, 0, 0, 0])
    #expect(try PackedStrings(Bytes([])).count == 0)
  }

  @Test("counts and offsets that leave the buffer are refused")
  func hostile() {
    for position in stride(from: 0, to: 20, by: 4) {
      for value: [UInt8] in [
        [255, 255, 255, 255], [255, 255, 255, 127], [0, 0, 0, 128], [25, 0, 0, 0],
      ] {
        var bytes = Self.recorded
        bytes.replaceSubrange(position..<(position + 4), with: value)
        #expect(throws: OctetError.self) { try PackedStrings(Bytes(bytes)) }
      }
    }
    for count in 1..<Self.recorded.count {
      #expect(throws: OctetError.self) { try PackedStrings(Bytes(Array(Self.recorded[..<count]))) }
    }
  }
}
