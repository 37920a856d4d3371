import Foundation
import OctetCore
import OctetFormat
import Testing

/// A file, however broken, gives a typed error or a model that passes every check.
struct HostileFileTests {
  @Test func truncatedFiles() throws {
    let bytes = try Model.everyFeature.serialized()
    for count in 0..<bytes.count {
      // A copy, so that a sanitizer sees reads behind the end.
      let truncated = Bytes(bytes.slice(0..<count).array)
      #expect(throws: OctetError.self, "\(count) bytes") { try Model(bytes: truncated) }
    }
  }

  @Test func filesWithOneWrongByte() throws {
    try tryWrongBytes(in: .everyFeature) { [~$0, $0 &+ 1] }
    try tryWrongBytes(in: .small) { [~$0, $0 &+ 1, $0 &- 1, 0, 0x7F, 0x80] }
  }

  private func tryWrongBytes(in model: Model, _ wrongBytes: (UInt8) -> [UInt8]) throws {
    var array = try model.serialized().array
    for index in array.indices {
      let original = array[index]
      for wrong in wrongBytes(original) {
        array[index] = wrong
        if let model = try? Model(bytes: Bytes(array)) {
          #expect(throws: Never.self) { try model.serialized() }
        }
      }
      array[index] = original
    }
  }

  @Test func filesWithWrongWords() throws {
    var array = try Model.small.serialized().array
    for index in array.indices.dropLast(3) {
      let original = Array(array[index..<(index + 4)])
      for wrong: UInt32 in [0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0xFFFF_FFF0] {
        withUnsafeBytes(of: wrong.littleEndian) {
          array.replaceSubrange(index..<(index + 4), with: $0)
        }
        _ = try? Model(bytes: Bytes(array))
      }
      array.replaceSubrange(index..<(index + 4), with: original)
    }
  }

  @Test func whatIsNoModel() {
    for array: [UInt8] in [
      [], [1], Array("TFL3".utf8), [0, 0, 0, 0] + Array("TFL3".utf8),
      [0xFF, 0xFF, 0xFF, 0xFF] + Array("TFL3".utf8),
      [8, 0, 0, 0] + Array("TFL3".utf8) + [0xFF, 0xFF, 0xFF, 0x7F],
      Array("#!/bin/sh\necho no model\n".utf8), [UInt8](repeating: 0, count: 64),
    ] {
      do {
        _ = try Model(bytes: Bytes(array))
        Issue.record("\(array) was read")
      } catch {
        guard case .malformedFile = error.code else {
          Issue.record("unexpected error \(error)")
          continue
        }
      }
    }
  }

  @Test func unknownEnumerationsAreNamed() throws {
    var array = try Model.small.serialized().array
    var messages: Set<String> = []
    for index in array.indices {
      let original = array[index]
      array[index] = 99
      do { _ = try Model(bytes: Bytes(array)) } catch { messages.insert(error.description) }
      array[index] = 0xFA
      do { _ = try Model(bytes: Bytes(array)) } catch { messages.insert(error.description) }
      array[index] = original
    }
    func isReported(_ text: String) -> Bool { messages.contains { $0.contains(text) } }
    #expect(isReported("subgraph 0 > tensor 0 > type: malformed model: ElementType 99 is unknown"))
    #expect(isReported("operator code 0: operator with the builtin code 250 is not supported"))
    #expect(isReported("member 250 of union 'builtin_options' is unknown"))
  }

  @Test func dataOutsideTheFile() throws {
    var model = Model.small
    model.buffers[1].isExternal = true
    var array = try model.serialized().array
    let offset = UInt64(array.count - 8)
    let place = try #require(
      array.indices.dropLast(8).first { index in
        (0..<8).allSatisfy { array[index + $0] == UInt8(truncatingIfNeeded: offset >> (8 * $0)) }
      })
    for wrong in [offset + 1, UInt64(Int64.max), UInt64.max, UInt64.max - 7, 1 << 63] {
      withUnsafeBytes(of: wrong.littleEndian) {
        array.replaceSubrange(place..<(place + 8), with: $0)
      }
      let error = #expect(throws: OctetError.self) { try Model(bytes: Bytes(array)) }
      #expect(error?.path == ["buffer 1"])
    }
  }

  @Test func limits() throws {
    let bytes = try Model.everyFeature.serialized()
    func read(_ change: (inout ReadLimits) -> Void) -> OctetError? {
      var limits = ReadLimits()
      change(&limits)
      return #expect(throws: OctetError.self) { try Model(bytes: bytes, limits: limits) }
    }
    #expect(
      read { $0.fileByteCount = 100 }?.code
        == .limitExceeded(limit: "file size", value: bytes.count, maximum: 100))
    #expect(read { $0.tableDepth = 2 } != nil)
    #expect(read { $0.tableCount = 10 } != nil)
    #expect(read { $0.decodedByteCount = 100 } != nil)
    #expect(
      read { $0.rank = 3 }?.description.contains("rank is 4, above the limit of 3") == true)
    #expect(
      read { $0.tensorByteCount = 31 }?.description.contains("byte count of a tensor is 32") == true
    )
    #expect(
      read { $0.subgraphDepth = 1 }?.code
        == .limitExceeded(limit: "depth of subgraphs", value: 2, maximum: 1))
  }

  @Test func pathsAndAddresses() throws {
    let missing = "/no/such/model.tflite"
    let error = #expect(throws: OctetError.self) { try Model(path: missing) }
    #expect(error?.path == [missing])
    #expect(throws: OctetError.self) { try Model(path: "/") }
    let web = try #require(URL(string: "https://example.com/model.tflite"))
    #expect(throws: OctetError.self) { try Model(url: web) }

    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "a model ü.tflite")
    try Model.everyFeature.write(toPath: file.path)
    #expect(try Model(path: file.path) == Model.everyFeature)
    #expect(try Model(url: file) == Model.everyFeature)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
    try Data().write(to: file)
    let empty = #expect(throws: OctetError.self) { try Model(url: file) }
    #expect(empty?.path.first == file.path)
  }
}
