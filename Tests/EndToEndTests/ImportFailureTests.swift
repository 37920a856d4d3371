import OctetConverter
import OctetCore
import OctetGraphDef
import Testing

/// Graphs with functions and composed operations that can't be converted, and what is said of them.
@Suite struct ImportFailureTests {
  /// A graph whose output `y` calls the function `f` of `x`, with this library.
  private static func calling(_ functions: String...) -> String {
    placeholder("x", [2, 3]) + node("y", "PartitionedCall", ["x"], function("f", of: "f"))
      + functions.map { "library { function { \($0) } }\n" }.joined()
  }

  private static func placeholder(_ name: String, _ extents: [Int]) -> String {
    let shape = extents.map { "dim { size: \($0) }" }.joined(separator: " ")
    return node(
      name, "Placeholder", [],
      """
      attr { key: "dtype" value { type: DT_FLOAT } }
      attr { key: "shape" value { shape { \(shape) } } }
      """)
  }

  private static func node(
    _ name: String, _ operation: String, _ inputs: [String], _ attributes: String = "",
    field: String = "node"
  ) -> String {
    let inputs = inputs.map { "input: \"\($0)\"" }.joined(separator: " ")
    return "\(field) { name: \"\(name)\" op: \"\(operation)\" \(inputs) \(attributes) }\n"
  }

  private static func function(_ attribute: String, of name: String) -> String {
    "attr { key: \"\(attribute)\" value { func { name: \"\(name)\" } } }"
  }

  /// A function of `a` that gives `result`.
  private static func signature(_ name: String, result: String, _ nodes: String...) -> String {
    "signature { name: \"\(name)\" input_arg { name: \"a\" } output_arg { name: \"r\" } }\n"
      + nodes.joined() + "ret { key: \"r\" value: \"\(result)\" }"
  }

  private static func inner(
    _ name: String, _ operation: String, _ inputs: [String], _ attributes: String = ""
  ) -> String { node(name, operation, inputs, attributes, field: "node_def") }

  private func failure(_ text: String) throws -> OctetError {
    let graph = try GraphDefinition(bytes: Bytes([UInt8](text.utf8)))
    var options = ConversionOptions()
    options.inputs = [.init(name: "x")]
    options.outputs = ["y"]
    options.inferenceType = .float32
    return try #require(throws: OctetError.self) {
      try Converter.convert(graph, options: options)
    }
  }

  @Test("constant indices that update a place twice", arguments: [[0, 1], [1, 1]])
  func repeatedUpdates(indices: [Int]) throws {
    func constant(_ name: String, _ type: String, _ extents: [Int], _ values: String) -> String {
      let shape = extents.map { "dim { size: \($0) }" }.joined(separator: " ")
      return Self.node(
        name, "Const", [],
        """
        attr { key: "dtype" value { type: \(type) } } attr { key: "value" value { tensor {
          dtype: \(type) tensor_shape { \(shape) } \(values) } } }
        """)
    }
    let text =
      Self.placeholder("x", [2, 3])
      + constant("i", "DT_INT32", [2, 1], indices.map { "int_val: \($0)" }.joined(separator: " "))
      + constant("u", "DT_FLOAT", [2, 3], "float_val: 1")
      + Self.node("y", "TensorScatterUpdate", ["x", "i", "u"])
    guard Set(indices).count < indices.count else {
      let graph = try GraphDefinition(bytes: Bytes([UInt8](text.utf8)))
      #expect(throws: Never.self) { try Converter.convert(graph) }
      return
    }
    #expect(try failure(text).description.contains("a place that is updated twice"))
  }

  @Test("a function that calls itself")
  func recursion() throws {
    let error = try failure(
      Self.calling(
        Self.signature(
          "f", result: "c:output:0",
          Self.inner("c", "PartitionedCall", ["a"], Self.function("f", of: "f")))))
    #expect(error.code == .unsupported(what: "the function 'f', which calls itself,"))
    #expect(
      error.path == [
        "node y (PartitionedCall)", "function f", "node c (PartitionedCall)",
      ])
  }

  @Test("functions that double the number of nodes with each call")
  func explosion() throws {
    var library: [String] = []
    for level in 0..<40 {
      let next = Self.function("f", of: "f\(level)")
      library.append(
        Self.signature(
          level == 39 ? "f" : "f\(level + 1)", result: "d:output:0",
          Self.inner("c", "PartitionedCall", ["a"], next),
          Self.inner("d", "PartitionedCall", ["c:output:0"], next)))
    }
    library.append(Self.signature("f0", result: "n:y:0", Self.inner("n", "Neg", ["a"])))
    let text = Self.calling() + library.map { "library { function { \($0) } }\n" }.joined()
    var errors = [try failure(text)]
    var isLimit = false
    while let error = errors.popLast() {
      switch error.code {
      case .several(let more): errors += more
      case .limitExceeded(limit: "nodes of called functions", _, _): isLimit = true
      default: Issue.record("\(error)")
      }
    }
    #expect(isLimit)
  }

  @Test("a function that isn't there, and one with other parameters")
  func calls() throws {
    #expect(try failure(Self.calling()).code == .unknownName("f", kind: "function", near: []))
    let error = try failure(
      Self.calling("signature { name: \"f\" output_arg { name: \"r\" } }"))
    #expect(error.code == .malformedModel(reason: "nothing computes the result 'r'"))
  }

  @Test("operations inside of functions are refused by name, all at once")
  func unsupported() throws {
    let error = try failure(
      Self.calling(
        Self.signature(
          "f", result: "s:z:0", Self.inner("n", "Betainc", ["a"]), Self.inner("m", "Zeta", ["a"]),
          Self.inner("s", "AddV2", ["n:z:0", "m:z:0"]))))
    guard case .several(let errors) = error.code else {
      Issue.record("\(error)")
      return
    }
    #expect(
      errors.map(\.code) == [
        .unsupportedOperator(name: "Betainc"), .unsupportedOperator(name: "Zeta"),
      ])
  }

  @Test("a loop whose body gives something else")
  func loopVariables() throws {
    let cast = """
      attr { key: "DstT" value { type: DT_INT32 } }
      """
    let always = """
      attr { key: "dtype" value { type: DT_BOOL } }
      attr { key: "value" value { tensor { dtype: DT_BOOL tensor_shape { } bool_val: true } } }
      """
    let text =
      Self.placeholder("x", [2])
      + Self.node(
        "y", "StatelessWhile", ["x"],
        Self.function("cond", of: "g") + Self.function("body", of: "f"))
      + [
        Self.signature("f", result: "c:y:0", Self.inner("c", "Cast", ["a"], cast)),
        Self.signature("g", result: "t:output:0", Self.inner("t", "Const", [], always)),
      ].map { "library { function { \($0) } }\n" }.joined()
    #expect(
      try failure(text).code
        == .malformedModel(reason: "loop variable 0 is float32, then int32"))
  }

  @Test(
    "equations that are none for the operands",
    arguments: ["ij", "ijk->i", "ij,jk->ik", "i1->i", "ij->ik", "i...j...->i", "ij->ii"])
  func equations(_ equation: String) throws {
    let error = try failure(
      Self.placeholder("x", [2, 3])
        + Self.node(
          "y", "Einsum", ["x"], "attr { key: \"equation\" value { s: \"\(equation)\" } }"))
    #expect(error.code == .invalidOption(name: "equation", value: equation))
  }

  @Test("a mask out of all proportion to the file")
  func hugeMask() throws {
    func bound(_ name: String) -> String {
      Self.node(
        name, "Const", [],
        """
        attr { key: "value" value { tensor {
          dtype: DT_INT64 tensor_shape { } int64_val: 0 } } }
        """)
    }
    let error = try failure(
      Self.placeholder("x", [1 << 20, 1 << 20]) + bound("l") + bound("u")
        + Self.node("y", "MatrixBandPart", ["x", "l", "u"]))
    #expect(
      error.code
        == .limitExceeded(
          limit: "elements of a constant for MatrixBandPart", value: 1 << 40, maximum: 1 << 24))
  }
}
