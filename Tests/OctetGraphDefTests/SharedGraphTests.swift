import Foundation
import OctetCore
import OctetGraphDef
import TestSupport
import Testing

@Suite("Recorded graphs", .enabled(if: SharedData.root != nil, "needs the shared data"))
struct SharedGraphTests {
  @Test("All are read", arguments: ["cases", "cases_large", "digits", "float_graphs", "optests"])
  func readsAll(folder: String) throws {
    let files = SharedData.files(in: folder, suffix: ".pb")
    try #require(!files.isEmpty)
    for file in files {
      do {
        let graph = try GraphDefinition(path: file.path)
        #expect(!graph.nodes.isEmpty, "\(file.path)")
      } catch {
        Issue.record("\(file.path): \(error)")
      }
    }
  }

  @Test("A text graph equals its binary twin")
  func textEqualsBinary() throws {
    let files = SharedData.files(in: "cases", suffix: ".pbtxt")
    try #require(!files.isEmpty)
    for file in files {
      let twin = file.deletingPathExtension().appendingPathExtension("pb")
      guard FileManager.default.fileExists(atPath: twin.path) else { continue }
      let text = try GraphDefinition(path: file.path)
      let binary = try GraphDefinition(path: twin.path)
      #expect(text == binary, "\(file.path)")
    }
  }
}
