import OctetCore
import OctetFormat
import Testing

/// Custom options as TensorFlow's converter writes them, and buffers that lie.
@Suite struct FlexValueTests {
  /// The options of an SSD head, as written by `flexbuffers::Builder`: keys in sorted order,
  /// numbers of mixed types in slots of four bytes.
  private static let recorded: [UInt8] = bytes(
    """
    646574656374696f6e735f7065725f636c61737300685f7363616c65006d61785f636c61737365735f7065725f646574\
    656374696f6e006d61785f646574656374696f6e73006e6d735f696f755f7468726573686f6c64006e6d735f73636f72\
    655f7468726573686f6c64006e756d5f636c6173736573007573655f726567756c61725f6e6d7300775f7363616c6500\
    785f7363616c6500795f7363616c65000ba18d866d5f4e3b30211a130b000000010000000b000000640000000000a040\
    010000000a0000009a99193f9a99993e04000000000000000000a0400000204100002041060e06060e0e066a0e0e0e37\
    2601
    """)

  private static let values: [String: FlexValue] = [
    "detections_per_class": .integer(100), "h_scale": .real(5),
    "max_classes_per_detection": .integer(1), "max_detections": .integer(10),
    "nms_iou_threshold": .real(Double(Float(0.6))),
    "nms_score_threshold": .real(Double(Float(0.3))), "num_classes": .integer(4),
    "use_regular_nms": .boolean(false), "w_scale": .real(5), "x_scale": .real(10),
    "y_scale": .real(10),
  ]

  @Test func readsRecordedOptions() throws {
    #expect(try FlexValue(reading: Bytes(Self.recorded)) == .map(Self.values))
  }

  @Test func writesTheBytesOfTheRecordedOptions() {
    #expect(FlexValue.map(Self.values).flexBuffer().array == Self.recorded)
  }

  @Test func readsOptionsWhoseKeysWereWrittenUnsorted() throws {
    // Written by TOCO: keys stand in another order than the map lists them.
    let value = try FlexValue(
      reading: Bytes(
        Self.bytes(
          """
          795f7363616c65005f6f75747075745f7175616e74697a6564006d61785f646574656374696f6e73006e6d735f73\
          636f72655f7468726573686f6c6400775f7363616c6500785f7363616c65006e6d735f696f755f7468726573686f\
          6c6400685f7363616c65006d61785f636c61737365735f7065725f646574656374696f6e006e756d5f636c617373\
          6573000a86302977456a135851970a000000010000000a000000010000000000a040010000000a0000009a99193f\
          77cc2b325a0000000000a04000002041000020416a0e06060e0e060e0e0e322601
          """)))
    #expect(value["num_classes"] == .integer(90))
    #expect(value["_output_quantized"] == .boolean(true))
    #expect(value["nms_score_threshold"].asFloat == 1e-8)
    #expect(value["use_regular_nms"] == .null)
  }

  @Test(arguments: [
    FlexValue.null, .boolean(true), .integer(-129), .integer(.min), .integer(40000),
    .unsigned(.max), .real(0.1), .real(-2.5), .string(""), .string("größer"),
    .blob(Bytes([1, 2, 3])), .vector([]), .map([:]),
    .vector([.integer(1), .string(String(repeating: "x", count: 300)), .real(1e300), .null]),
    .map(["a": .map(["b": .vector([.boolean(false), .integer(70000)])]), "": .integer(-1)]),
  ])
  func writesWhatItReads(_ value: FlexValue) throws {
    #expect(try FlexValue(reading: value.flexBuffer()) == value)
  }

  @Test func refusesEveryTruncation() {
    for count in 0..<Self.recorded.count {
      // A shorter buffer ends in other bytes, so it may by chance be another valid value.
      _ = try? FlexValue(reading: Bytes([UInt8](Self.recorded.prefix(count))))
    }
    #expect(throws: OctetError.self) { try FlexValue(reading: Bytes([])) }
    #expect(throws: OctetError.self) { try FlexValue(reading: Bytes([1, 4, 3])) }
  }

  @Test func survivesEveryChangedByte() {
    for position in Self.recorded.indices {
      for change: UInt8 in [1, 2, 4, 0x28, 0x7f, 0x80, 0xff] {
        var bytes = Self.recorded
        bytes[position] ^= change
        _ = try? FlexValue(reading: Bytes(bytes))
      }
    }
  }

  @Test func refusesPartsThatAreSharedExponentially() {
    // Forty vectors, each of two references to the one before: 2^40 values if followed.
    var bytes: [UInt8] = [0, 0]
    var previous = 1
    var previousType: UInt8 = 1 << 2
    for level in 0..<40 {
      bytes.append(2)
      let start = bytes.count
      for _ in 0..<2 { bytes.append(level == 0 ? 7 : UInt8(bytes.count - previous)) }
      bytes += [previousType, previousType]
      previous = start
      previousType = 10 << 2
    }
    bytes += [UInt8(bytes.count - previous), previousType, 1]
    #expect(throws: OctetError.self) { try FlexValue(reading: Bytes(bytes)) }
  }

  @Test func refusesContentThatIsShownTooOften() {
    /// Vectors of one string, or one key, many times.
    func repeated(_ type: UInt8, byteCount: Int, count: Int) -> Bytes {
      func offset(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 0xFF) } }
      var bytes = offset(byteCount) + [UInt8](repeating: 97, count: byteCount) + [0, 0, 0, 0]
      bytes += offset(count)
      let start = bytes.count
      for _ in 0..<count { bytes += offset(bytes.count - 4) }
      bytes += [UInt8](repeating: type << 2 | 2, count: count)
      bytes += offset(bytes.count - start)
      return Bytes(bytes + [10 << 2 | 2, 4])
    }
    for type: UInt8 in [4, 5, 25] {
      #expect(throws: Never.self) {
        try FlexValue(reading: repeated(type, byteCount: 100, count: 100))
      }
      #expect(throws: OctetError.self) {
        try FlexValue(reading: repeated(type, byteCount: 10_000, count: 1000))
      }
    }
  }

  private static func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = hexadecimal.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map {
      UInt8(digits[$0] << 4 | digits[$0 + 1])
    }
  }
}
