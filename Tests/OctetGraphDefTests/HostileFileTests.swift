import OctetCore
import OctetGraphDef
import Testing

@Suite("Hostile files")
struct HostileFileTests {
  /// Reads and discards; errors of other types than `OctetError` can't occur.
  private func tryReading(_ bytes: [UInt8]) -> Bool {
    (try? GraphDefinition(bytes: Bytes(bytes), limits: .init(fillByteCount: 1 << 20))) != nil
  }

  @Test("Every byte changed, binary and text", arguments: [false, true])
  func mutations(isText: Bool) throws {
    let original = try isText ? [UInt8](SmallGraph.text.utf8) : SmallGraph.binary()
    var readCount = 0
    var tryCount = 0
    for index in original.indices {
      var changed = original
      // Parsing text takes longer, and few of its bytes are lengths.
      let values: [UInt8] =
        isText
        ? [original[index] ^ 1, UInt8(ascii: "{"), 0xFF]
        : (0..<8).map { original[index] ^ (1 << $0) } + [0, 0x7F, 0x80, 0xFF]
      for value in values {
        changed[index] = value
        readCount += tryReading(changed) ? 1 : 0
        tryCount += 1
      }
    }
    // Changes of data leave a graph, changes of lengths don't.
    #expect(readCount > 0 && readCount < tryCount)
  }

  @Test("Cut off anywhere")
  func truncations() throws {
    let original = try SmallGraph.binary()
    for count in original.indices { _ = tryReading(Array(original[..<count])) }
    let text = [UInt8](SmallGraph.text.utf8)
    for count in text.indices { _ = tryReading(Array(text[..<count])) }
  }

  @Test("Deep nesting ends in an error")
  func depth() throws {
    let depth = 20_000
    let function =
      String(repeating: #"func { attr { key: "f" value { "#, count: depth)
      + String(repeating: "} } } ", count: depth)
    let known = #"node { name: "a" op: "B" attr { key: "f" value { \#(function) } } }"#
    #expect(throws: OctetError.self) { try graph(known) }

    let unknown =
      #"node { name: "a" op: "B" } unknown "# + String(repeating: "{ u ", count: depth) + "{ }"
      + String(repeating: "}", count: depth)
    #expect(throws: OctetError.self) { try graph(unknown) }

    // AttrValue.func (10) holds NameAttrList.attr (2), whose entry holds AttrValue (2).
    var message: [UInt8] = []
    for _ in 0..<500 {
      for tag: UInt8 in [0x12, 0x12, 0x52] { message = field(tag, message) }
    }
    let node = field(0x0A, [97]) + field(0x12, [66]) + field(0x2A, field(0x12, message))
    #expect(throws: OctetError.self) { try GraphDefinition(bytes: Bytes(field(0x0A, node))) }
  }

  /// A field of bytes: its tag, its length as a varint, its content.
  private func field(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    var length = content.count
    var varint: [UInt8] = []
    while length > 0x7F {
      varint.append(UInt8(length & 0x7F) | 0x80)
      length >>= 7
    }
    return [tag] + varint + [UInt8(length)] + content
  }

  @Test("A list of several kinds is refused")
  func mixedList() throws {
    let error = try readingError(
      #"node { name: "a" op: "B" attr { key: "l" value { list { i: 1 f: 2 } } } }"#)
    #expect(error.path == ["graph", "node a (B)", "attribute l"])
  }
}
