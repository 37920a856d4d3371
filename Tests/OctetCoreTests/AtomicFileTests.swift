import Foundation
import OctetCore
import Testing

@Suite("Files that are replaced as a whole")
struct AtomicFileTests {
  private let directory = FileManager.default.temporaryDirectory.appending(
    path: "octet-\(UUID().uuidString)")
  private let new = Bytes([1, 2, 3])

  init() throws {
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }

  private func path(_ name: String) -> String { directory.appending(path: name).path }

  private func content(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: directory.appending(path: name)))
  }

  private func type(_ name: String) throws -> FileAttributeType? {
    try FileManager.default.attributesOfItem(atPath: path(name))[.type] as? FileAttributeType
  }

  @Test("A new file has the permissions that the user's mask leaves, and nothing stays beside it")
  func newFile() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try new.write(atomicallyTo: path("new"))
    try Data().write(to: directory.appending(path: "ordinary"))
    let modes = try ["new", "ordinary"].map {
      try FileManager.default.attributesOfItem(atPath: path($0))[.posixPermissions] as? Int
    }
    #expect(modes[0] == modes[1])
    #expect(try content("new") == [1, 2, 3])
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).count == 2)
  }

  @Test("A file that is replaced keeps its mode")
  func mode() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try Data([9]).write(to: directory.appending(path: "old"))
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path("old"))
    try new.write(atomicallyTo: path("old"))
    let attributes = try FileManager.default.attributesOfItem(atPath: path("old"))
    #expect(attributes[.posixPermissions] as? Int == 0o640)
    #expect(try content("old") == [1, 2, 3])
  }

  @Test("Links are followed, also to files that are made so", arguments: [false, true])
  func links(isDangling: Bool) throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    if !isDangling { try Data([9]).write(to: directory.appending(path: "file")) }
    try FileManager.default.createSymbolicLink(
      atPath: path("link"), withDestinationPath: "file")
    try new.write(atomicallyTo: path("link"))
    #expect(try type("link") == .typeSymbolicLink)
    #expect(try content("file") == [1, 2, 3])
  }

  @Test("Pipes and devices are written to, not replaced")
  func devices() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try #require(mkfifo(path("pipe"), 0o600) == 0)
    // A reader, so that opening for writing doesn't wait.
    let reader = open(path("pipe"), O_RDONLY | O_NONBLOCK)
    try #require(reader >= 0)
    defer { close(reader) }
    try new.write(atomicallyTo: path("pipe"))
    var received = [UInt8](repeating: 0, count: 8)
    #expect(read(reader, &received, 8) == 3)
    #expect(received.prefix(3) == [1, 2, 3])
    try FileManager.default.createSymbolicLink(
      atPath: path("device"), withDestinationPath: "/dev/null")
    try new.write(atomicallyTo: path("device"))
    #expect(try type("device") == .typeSymbolicLink)
    let device = try FileManager.default.attributesOfItem(atPath: "/dev/null")
    #expect(device[.type] as? FileAttributeType == .typeCharacterSpecial)
  }

  @Test("A directory is refused")
  func folder() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    #expect(throws: OctetError.self) { try new.write(atomicallyTo: directory.path) }
  }
}
