import OctetConverter
import OctetCore
import Testing

/// Class 25: GraphDefs that contradict themselves.
@Suite struct HostileGraphTests {
  /// What reading and converting a graph, given as text, ends with.
  private func refusal(_ text: String) -> OctetError? {
    do throws(OctetError) {
      let graph = try GraphDefinition(bytes: Bytes([UInt8](text.utf8)))
      _ = try Converter.convert(graph)
      return nil
    } catch {
      return error
    }
  }

  private func expectRefusal(
    _ text: String, _ kinds: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) {
    guard let error = refusal(text) else {
      Issue.record("the graph was converted", sourceLocation: sourceLocation)
      return
    }
    #expect(kinds.contains(error.kind), "\(error)", sourceLocation: sourceLocation)
  }

  private static let input = #"""
    node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } }
      attr { key: "shape" value { shape { dim { size: 1 } dim { size: 4 } } } } }

    """#

  @Test("An intact graph converts")
  func intact() {
    #expect(refusal(Self.input + #"node { name: "y" op: "Relu" input: "x" }"#) == nil)
  }

  @Test("Nodes that wait for each other or for themselves")
  func cycles() {
    expectRefusal(
      #"node { name: "a" op: "Relu" input: "b" } node { name: "b" op: "Relu" input: "a" }"#,
      "malformedModel")
    expectRefusal(#"node { name: "a" op: "Add" input: "a" input: "a:1" }"#, "malformedModel")
    expectRefusal(
      #"node { name: "a" op: "Relu" input: "^a" input: "a" }"#, "malformedModel")
  }

  @Test("Functions that call themselves")
  func functions() {
    expectRefusal(
      Self.input + #"""
        node { name: "y" op: "f" input: "x" }
        library { function {
          signature { name: "f" input_arg { name: "a" type: DT_FLOAT }
            output_arg { name: "b" type: DT_FLOAT } }
          node_def { name: "again" op: "f" input: "a" } ret { key: "b" value: "again:b:0" } } }
        """#, "unsupported")
  }

  @Test("Attributes of another kind than the operation needs")
  func attributes() {
    let convolution = #"""
      node { name: "w" op: "Const" attr { key: "dtype" value { type: DT_FLOAT } }
        attr { key: "value" value { tensor { dtype: DT_FLOAT
          tensor_shape { dim { size: 1 } dim { size: 1 } dim { size: 1 } dim { size: 1 } }
          float_val: 1 } } } }
      node { name: "i" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } }
        attr { key: "shape" value { shape {
          dim { size: 1 } dim { size: 4 } dim { size: 4 } dim { size: 1 } } } } }
      node { name: "y" op: "Conv2D" input: "i" input: "w"
        attr { key: "strides" value { STRIDES } } attr { key: "padding" value { PADDING } } }
      """#
    func graph(_ strides: String, _ padding: String = #"s: "SAME""#) -> String {
      convolution.replacing("STRIDES", with: strides).replacing("PADDING", with: padding)
    }
    #expect(refusal(graph("list { i: 1 i: 1 i: 1 i: 1 }")) == nil)
    expectRefusal(graph("i: 1"), "attributeMismatch")
    expectRefusal(graph("list { f: 1 }"), "attributeMismatch")
    expectRefusal(graph("list { i: 1 i: 1 i: 1 i: 1 }", "i: 3"), "attributeMismatch")
    for strides in [
      "list { }", "list { i: 1 i: 1 }", "list { i: 1 i: 0 i: 0 i: 1 }",
      "list { i: 1 i: -1 i: 1 i: 1 }", "list { i: 1 i: 9223372036854775807 i: 1 i: 1 }",
    ] {
      #expect(refusal(graph(strides)) != nil, "\(strides)")
    }
  }

  @Test("Constants whose data contradicts their shape")
  func constants() {
    func constant(_ tensor: String) -> String {
      Self.input + #"""
        node { name: "c" op: "Const" attr { key: "dtype" value { type: DT_FLOAT } }
          attr { key: "value" value { tensor { dtype: DT_FLOAT \#(tensor) } } } }
        node { name: "y" op: "Add" input: "x" input: "c" }
        """#
    }
    #expect(refusal(constant("tensor_shape { dim { size: 4 } } float_val: 1")) == nil)
    for tensor in [
      #"tensor_shape { dim { size: 4 } } tensor_content: "\000\000\000\000""#,
      #"tensor_shape { dim { size: -1 } } float_val: 1"#,
      #"tensor_shape { dim { size: 1 } } float_val: 1 float_val: 2"#,
      #"tensor_shape { unknown_rank: true } float_val: 1"#,
      #"tensor_shape { dim { size: 9223372036854775807 } dim { size: 4 } } float_val: 1"#,
      #"tensor_shape { dim { size: 1099511627776 } } float_val: 1"#,
    ] {
      #expect(refusal(constant(tensor)) != nil, "\(tensor)")
    }
  }

  @Test("Negative extents, names that are there twice, inputs that are not there")
  func names() {
    expectRefusal(
      Self.input + Self.input + #"node { name: "y" op: "Relu" input: "x" }"#, "malformedModel")
    expectRefusal(#"node { name: "y" op: "Relu" input: "x" }"#, "unknownName")
    expectRefusal(
      Self.input.replacing("size: 4", with: "size: -7")
        + #"node { name: "y" op: "Relu" input: "x" }"#, "invalidShape", "malformedModel")
    expectRefusal(
      Self.input + #"node { name: "y" op: "Relu" input: "x:9223372036854775807" }"#,
      "malformedModel", "unknownName", "wrongCount", "invalidArgument")
    expectRefusal(
      Self.input + #"node { name: "y" op: "Relu" input: "x:99999999999999999999" }"#,
      "malformedModel", "unknownName", "wrongCount", "invalidArgument")
  }
}
