import OctetCore
import OctetNumPy
import Testing

@Suite struct NumPyArchiveTests {
  @Test("stored and deflated archives", arguments: ["stored.npz", "deflated.npz"])
  func reading(file: String) throws {
    let archive = try NumPyArchive(contentsOfFile: fixture(file))
    #expect(archive.names == ["first", "second"])
    #expect(try archive.array(named: "first").values(as: Int16.self) == [-2, -1, 0, 1, 2, 3])
    let second = try archive.array(named: "second")
    #expect(second.elementType == (file == "stored.npz" ? .bool : .uint8))
    #expect(second.data.count == (file == "stored.npz" ? 2 : 1000))
  }

  @Test("an unknown name lists what is there")
  func unknown() throws {
    let archive = try NumPyArchive(contentsOfFile: fixture("stored.npz"))
    #expect(
      throws: OctetError(.unknownName("third", kind: "array", near: ["first", "second"]))
    ) { try archive.array(named: "third") }
  }

  @Test("arrays above the limit are refused before they are unpacked")
  func limit() throws {
    let bytes = try Bytes(mappingFile: fixture("deflated.npz"))
    let archive = try NumPyArchive(parsing: bytes, maximumByteCount: 1000)
    #expect(
      throws: OctetError(
        .limitExceeded(limit: "array bytes", value: 1128, maximum: 1000), at: ["second.npy"])
    ) { try archive.array(named: "second") }
  }

  @Test(
    "cut off and changed archives give errors, never traps",
    arguments: ["stored.npz", "deflated.npz"])
  func damaged(file: String) throws {
    let bytes = try Bytes(mappingFile: fixture(file))
    for count in 0..<bytes.count {
      #expect(throws: OctetError.self) { try NumPyArchive(parsing: bytes.slice(0..<count)) }
    }
    let original = bytes.array
    for position in original.indices {
      for value in [0, 0x7F, 0xFF] as [UInt8] {
        var changed = original
        changed[position] = value
        guard let archive = try? NumPyArchive(parsing: Bytes(changed)) else { continue }
        for name in archive.names { _ = try? archive.array(named: name) }
      }
    }
  }

  @Test("a wrong checksum is an error")
  func checksum() throws {
    var bytes = try Bytes(mappingFile: fixture("stored.npz")).array
    // The last byte of the first array's data, in front of the second local header.
    let second = try #require(
      bytes.indices.first { $0 > 4 && bytes[$0...].starts(with: [0x50, 0x4B, 3, 4]) })
    bytes[second - 1] ^= 1
    let archive = try NumPyArchive(parsing: Bytes(bytes))
    #expect(throws: OctetError.self) { try archive.array(named: "first") }
    #expect(throws: Never.self) { try archive.array(named: "second") }
  }
}
