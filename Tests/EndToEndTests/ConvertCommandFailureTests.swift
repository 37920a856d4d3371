import Foundation
import OctetCore
import OctetFormat
import TestSupport
import Testing

/// Files that the `convert` executable can't convert, and what it leaves behind.
@Suite(.enabled(if: CommandRun.executable("convert") != nil, "`convert` is not built: swift build"))
struct ConvertCommandFailureTests {
  private let scratch: ScratchFolder
  private let model: String

  init() throws {
    scratch = try ScratchFolder()
    model = scratch.path("model.tflite")
  }

  private func convert(_ graph: String, _ arguments: [String] = []) throws -> CommandRun {
    try CommandRun(
      #require(ConvertCommandTests.executable),
      ["--graph_def_file", graph, "--output_file", model] + arguments)
  }

  /// Two activations, one behind the other, whose ranges nobody recorded.
  private static let withoutRanges = """
    node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } }
      attr { key: "shape" value { shape { dim { size: 1 } dim { size: 4 } } } } }
    node { name: "first" op: "Mul" input: "x" input: "x"
      attr { key: "T" value { type: DT_FLOAT } } }
    node { name: "second" op: "Add" input: "first" input: "x"
      attr { key: "T" value { type: DT_FLOAT } } }
    """

  private static let statistics = ["--input_arrays", "x", "--mean", "128", "--std", "127"]

  @Test("all arrays without a range are listed")
  func missingRanges() throws {
    let graph = try scratch.file("graph.pbtxt", Self.withoutRanges)
    let run = try convert(graph, Self.statistics)
    #expect(run.status == 65, "\(run.errors)")
    for word in ["first", "second", "--default_ranges_min"] {
      #expect(run.errors.contains(word), "\(run.errors)")
    }
    #expect(try scratch.files == ["graph.pbtxt"])
  }

  @Test("default ranges help, and the model says that it has them")
  func defaultRanges() throws {
    let graph = try scratch.file("graph.pbtxt", Self.withoutRanges)
    let run = try convert(
      graph, Self.statistics + ["--default_ranges_min", "-6", "--default_ranges_max=6"])
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("second"))
    #expect(try #require(try Model(path: model).description).contains("assumed range"))
  }

  @Test("missing statistics of a quantized input are asked for")
  func missingStatistics() throws {
    let graph = try scratch.file("graph.pbtxt", Self.withoutRanges)
    let run = try convert(graph, ["--inference_type", "QUANTIZED_UINT8"])
    #expect(run.status != 0)
    #expect(run.errors.contains("--mean"), "\(run.errors)")
    #expect(run.errors.contains("'x'"), "\(run.errors)")
  }

  @Test("shapes that the graph doesn't tell are asked for, all at once")
  func missingShapes() throws {
    let graph = try scratch.file(
      "graph.pbtxt",
      """
      node { name: "a" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } }
      node { name: "b" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } }
      node { name: "sum" op: "Add" input: "a" input: "b"
        attr { key: "T" value { type: DT_FLOAT } } }
      """)
    let run = try convert(graph)
    #expect(run.status == 64, "\(run.errors)")
    for word in ["'a'", "'b'", "--input_shapes"] {
      #expect(run.errors.contains(word), "\(run.errors)")
    }
    let helped = try convert(graph, ["--input_arrays", "a,b", "--input_shapes", "1,2:1,2"])
    #expect(helped.status == 0, "\(helped.errors)")
  }

  @Test("all unsupported operations are listed, and the way around them")
  func unsupported() throws {
    let graph = try scratch.file(
      "graph.pbtxt",
      """
      node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } }
        attr { key: "shape" value { shape { dim { size: 4 } } } } }
      node { name: "strange" op: "SomethingStrange" input: "x" }
      node { name: "odd" op: "SomethingOdd" input: "strange" }
      """)
    let run = try convert(graph)
    #expect(run.status == 65, "\(run.errors)")
    for word in ["SomethingStrange", "SomethingOdd", "strange", "odd", "--allow_custom_ops"] {
      #expect(run.errors.contains(word), "\(run.errors)")
    }
  }

  @Test("a graph with variables is not frozen")
  func notFrozen() throws {
    let graph = try scratch.file(
      "graph.pbtxt",
      """
      node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } }
        attr { key: "shape" value { shape { dim { size: 4 } } } } }
      node { name: "w" op: "VariableV2" attr { key: "dtype" value { type: DT_FLOAT } } }
      node { name: "sum" op: "Add" input: "x" input: "w"
        attr { key: "T" value { type: DT_FLOAT } } }
      """)
    let run = try convert(graph)
    #expect(run.status == 65, "\(run.errors)")
    #expect(run.errors.contains("frozen"), "\(run.errors)")
    #expect(run.errors.contains("(w)"), "\(run.errors)")
  }

  @Test(
    "files that are no graphs exit with 65",
    arguments: ["", "not a graph", "\u{8}\u{0}\u{0}\u{0}", "node { name: \"x\" op: "])
  func noGraph(_ content: String) throws {
    let run = try convert(scratch.file("graph.pb", content))
    #expect(run.status == 65, "\(run.errors)")
    #expect(run.errors.contains("graph.pb"), "\(run.errors)")
    #expect(try scratch.files == ["graph.pb"])
  }

  @Test("a file that isn't there, and a folder")
  func unreadable() throws {
    for path in [scratch.path("nothing.pb"), scratch.url.path] {
      let run = try convert(path)
      #expect(run.status == 65, "\(run.errors)")
      #expect(run.errors.contains(path), "\(run.errors)")
    }
  }

  @Test("a failure leaves an older model as it was")
  func olderModel() throws {
    _ = try scratch.file("model.tflite", "older")
    let graph = try scratch.file("graph.pbtxt", Self.withoutRanges)
    let run = try convert(graph, Self.statistics)
    #expect(run.status == 65)
    #expect(try String(contentsOfFile: model, encoding: .utf8) == "older")
    #expect(try scratch.files == ["graph.pbtxt", "model.tflite"])
  }

  @Test("an output that can't be written leaves nothing behind")
  func unwritable() throws {
    let graph = try scratch.file("graph.pbtxt", Self.withoutRanges)
    try FileManager.default.createDirectory(
      atPath: model, withIntermediateDirectories: false)
    let run = try convert(graph, ["--inference_type", "FLOAT"])
    #expect(run.status == 65, "\(run.errors)")
    #expect(run.errors.contains(model), "\(run.errors)")
    #expect(try scratch.files == ["graph.pbtxt", "model.tflite"])
  }
}
