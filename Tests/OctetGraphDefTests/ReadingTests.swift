import Foundation
import OctetCore
import OctetGraphDef
import Testing

@Suite("Reading")
struct ReadingTests {
  @Test("Nodes, inputs and versions are read")
  func structure() throws {
    let graph = try GraphDefinition(bytes: Bytes(SmallGraph.binary()))
    #expect(graph.nodes.map(\.name) == ["input", "filter", "scale", "conv"])
    #expect(graph.functions.map(\.name) == ["body"])
    #expect(graph.producerVersion == 1087)
    let convolution = try #require(graph["conv"])
    #expect(convolution.operation == "Conv2D")
    #expect(convolution.inputs == [NodeInput(node: "input"), NodeInput(node: "filter")])
    #expect(convolution.controlInputs == ["scale"])
    #expect(convolution.device == "/device:CPU:0")
    #expect(try #require(graph["input"]).device == nil)
    #expect(graph["missing"] == nil)
    #expect(graph.index(of: "scale") == 2)
  }

  @Test("Functions are read; their values are numbered as those of graphs")
  func functions() throws {
    let graph = try graph(
      """
      node { name: "x" op: "Placeholder" }
      library {
        function {
          signature {
            name: "f" input_arg { name: "a" } output_arg { name: "r" } output_arg { name: "s" }
          }
          node_def { name: "top" op: "TopKV2" input: "a" input: "k:output:0" }
          node_def { name: "k" op: "Const" }
          node_def { name: "parts" op: "Split" input: "k:output:0" input: "top:indices:0" }
          node_def { name: "call" op: "g" input: "parts:output:1" input: "^top" }
          ret { key: "r" value: "call:second:0" }
          ret { key: "s" value: "a" }
        }
        function {
          signature {
            name: "g" input_arg { name: "a" } output_arg { name: "first" }
            output_arg { name: "second" }
          }
          ret { key: "first" value: "a" }
          ret { key: "second" value: "a" }
        }
        function { signature { name: "h" output_arg { name: "r" } } }
      }
      """)
    #expect(graph.functions.map(\.name) == ["f", "g"])
    #expect(Array(graph.unreadableFunctions.keys) == ["h"])
    let function = try #require(graph.functions.first)
    #expect(function.parameters == ["a"])
    #expect(
      function.results == [NodeInput(node: "call", outputIndex: 1), NodeInput(node: "a")])
    #expect(
      function.body["parts"]?.inputs
        == [NodeInput(node: "k"), NodeInput(node: "top", outputIndex: 1)])
    #expect(function.body["call"]?.inputs == [NodeInput(node: "parts", outputIndex: 1)])
    #expect(function.body["call"]?.controlInputs == ["top"])
    #expect(function.body["a"]?.operation == "_Arg")
  }

  @Test("Text and binary give the same graph")
  func encodingsAgree() throws {
    #expect(try graph(SmallGraph.text) == GraphDefinition(bytes: Bytes(SmallGraph.binary())))
  }

  @Test("The content decides the encoding, not the name")
  func extensionIsIgnored() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).pbtxt").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Bytes(SmallGraph.binary()).write(atomicallyTo: path)
    #expect(try GraphDefinition(path: path).nodes.count == 4)
    try Bytes([UInt8](SmallGraph.text.utf8)).write(atomicallyTo: path)
    #expect(try GraphDefinition(path: path).nodes.count == 4)
    let error = try #require(throws: OctetError.self) {
      try GraphDefinition(path: path, limits: .init(fileByteCount: 10))
    }
    #expect(
      error.code
        == .limitExceeded(limit: "file size", value: SmallGraph.text.utf8.count, maximum: 10))
  }

  @Test("A missing file is named")
  func missingFile() throws {
    let error = try #require(throws: OctetError.self) {
      try GraphDefinition(path: "/nonexistent/model.pb")
    }
    #expect(error.path.first == "/nonexistent/model.pb")
  }

  @Test("Attributes of every kind are read")
  func attributes() throws {
    let graph = try GraphDefinition(bytes: Bytes(SmallGraph.binary()))
    let node = try #require(graph["conv"])
    #expect(try node.string("padding") == "SAME")
    #expect(try node.integers("strides") == [1, 2, 2, 1])
    #expect(try node.boolean("use_cudnn_on_gpu"))
    #expect(try node.float("epsilon") == 0.5)
    #expect(try node.strings("names") == ["a", "b"])
    #expect(try node.shapes("_output_shapes") == [.unknownRank])
    #expect(
      try node.function("f")
        == FunctionReference(name: "body", attributes: ["T": .placeholder("U")]))
    let input = try #require(graph["input"])
    #expect(try input.type("dtype") == .float)
    #expect(try input.shape("shape").dimensions == [nil, 4, 4, 3])
    let filter = try #require(graph["filter"]).tensor("value")
    #expect(filter.bytes.values(as: Float.self) == [1, 2, 3, 4, 5, 6])
    #expect(filter.shape.dimensions == [1, 1, 3, 2])
  }

  @Test("Defaults serve missing attributes, not wrong ones")
  func defaults() throws {
    let node = NodeDefinition(
      name: "n", operation: "Op",
      attributes: [
        "i": .integer(3), "empty": .list(.empty), "bytes": .string(Bytes([0xFF])),
      ])
    #expect(try node.integer("missing", default: 7) == 7)
    #expect(try node.integer("i", default: 7) == 3)
    #expect(try node.integers("empty") == [])
    #expect(try node.strings("empty") == [])
    func mismatch(_ name: String, _ expected: String, _ found: String?) -> OctetError {
      OctetError(
        .attributeMismatch(name: name, expected: expected, found: found), at: ["node n (Op)"])
    }
    #expect(throws: mismatch("i", "a boolean", "an integer")) {
      try node.boolean("i", default: true)
    }
    #expect(throws: mismatch("i", "a list of integers", "an integer")) { try node.integers("i") }
    #expect(throws: mismatch("gone", "a type", nil)) { try node.type("gone") }
    #expect(throws: mismatch("bytes", "a string of UTF-8", "a string")) {
      try node.string("bytes")
    }
  }

  @Test(
    "Inputs are parsed",
    arguments: [("a", "a", 0), ("a:0", "a", 0), ("s/a:12", "s/a", 12), ("a:b:1", "a:b", 1)])
  func inputs(text: String, node: String, index: Int) throws {
    #expect(try NodeInput(parsing: text) == NodeInput(node: node, outputIndex: index))
  }

  @Test(
    "Inputs that name no output are refused",
    arguments: ["", ":1", "a:", "a:-1", "a:+1", "a:x", "a:65537", "a:99999999999999999999"])
  func brokenInputs(text: String) {
    #expect(throws: OctetError.self) { try NodeInput(parsing: text) }
  }

  @Test("Reference types stand for what they refer to")
  func dataTypes() {
    #expect(DataType(rawValue: 101).elementType == .float32)
    #expect(DataType(rawValue: 112).elementType == .uint8)
    #expect(DataType(rawValue: 101).description == "DT_FLOAT_REF")
    #expect(DataType.invalid.elementType == nil)
    #expect(DataType(rawValue: 77).description == "data type 77")
    #expect(DataType(rawValue: Int.max).elementType == nil)
    #expect(DataType(rawValue: Int.min).elementType == nil)
  }
}
