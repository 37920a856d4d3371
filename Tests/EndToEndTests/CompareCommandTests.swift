import Foundation
import TestSupport
import Testing

/// `octet compare` and `octet inspect --html`, started as processes.
@Suite(.enabled(if: CommandRun.executable("octet") != nil, "`octet` is not built: swift build"))
struct CompareCommandTests {
  private static let folder = SharedData.repository.appending(path: "TestModels/digits")
  private static let model = folder.appending(path: "toco.tflite").path
  private static let graph = folder.appending(path: "graph.pb").path

  private func octet(_ arguments: String...) throws -> CommandRun {
    try CommandRun(#require(CommandRun.executable("octet")), arguments)
  }

  @Test("a model beside its graph: JSON and a page")
  func graph() throws {
    let scratch = try ScratchFolder()
    let run = try octet(
      "compare", Self.model, "--graph_def_file", Self.graph, "--input",
      Self.folder.appending(path: "three.png").path, "--json", "--html", scratch.path("page.html"))
    #expect(run.status == 0, "\(run.errors)")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    let layers = try #require(object["layers"] as? [[String: Any]])
    #expect(layers.contains { $0["difference"] != nil })
    #expect(object["first_divergent"] == nil)
    #expect(try scratch.files == ["page.html"])
  }

  @Test("a model beside itself doesn't differ")
  func same() throws {
    let run = try octet("compare", Self.model, Self.model, "--seed", "3", "--max_steps", "0")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("none divergent"), "\(run.output)")
    #expect(run.output.contains("inf dB"))
  }

  @Test("the page of a model")
  func inspect() throws {
    let scratch = try ScratchFolder()
    let page = scratch.path("page.html")
    let run = try octet("inspect", Self.model, "--summary", "--html", page)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try String(contentsOfFile: page, encoding: .utf8).contains("</svg>"))
    #expect(try octet("inspect", Self.model, "--html", scratch.path("no/page.html")).status == 65)
    #expect(try octet("inspect", Self.model, "--json", "--summary").status == 64)
  }

  @Test(
    "a wrong command line exits with 64",
    arguments: [
      [], ["b.tflite", "--graph_def_file", "g.pb"], ["b.tflite", "--drop_fake_quant"],
      ["b.tflite", "--max_steps=-1"], ["b.tflite", "--threshold", "nan"],
      ["--graph_def_file", "g.pb", "--input_shapes", "1,2"],
    ])
  func usage(arguments: [String]) throws {
    let executable = try #require(CommandRun.executable("octet"))
    let run = try CommandRun(executable, ["compare", Self.model] + arguments)
    #expect(run.status == 64, "\(run.errors)")
    #expect(run.output.isEmpty)
  }
}
