import OctetConverter
import OctetCore
import Testing

/// Class 25: GraphDefs that contradict themselves.
@Suite struct HostileGraphTests {
  /// What reading and converting a graph, given as text, ends with.
  private func refusal(
    _ text: String, options: ConversionOptions = ConversionOptions()
  ) -> OctetError? {
    do throws(OctetError) {
      let graph = try GraphDefinition(bytes: Bytes([UInt8](text.utf8)))
      _ = try Converter.convert(graph, options: options)
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

  @Test("Outputs of very large index: of an unknown operation, of a switch, in a function")
  func outputIndices() {
    var options = ConversionOptions()
    options.allowsCustomOperators = true
    func reader(_ index: String) -> String {
      Self.input + #"""
        node { name: "foo" op: "Foo" input: "x" }
        node { name: "y" op: "Relu" input: "foo:\#(index)" }
        """#
    }
    #expect(refusal(reader("1"), options: options) == nil)
    for index in ["9223372036854775807", "1000000000", "65536"] {
      #expect(refusal(reader(index)) != nil, "\(index)")
      #expect(refusal(reader(index), options: options) != nil, "\(index)")
    }
    func merge(_ index: String) -> String {
      Self.input + #"""
        node { name: "p" op: "Placeholder" attr { key: "dtype" value { type: DT_BOOL } }
          attr { key: "shape" value { shape { } } } }
        node { name: "s" op: "Switch" input: "x" input: "p" }
        node { name: "a" op: "Relu" input: "s:\#(index)" }
        node { name: "b" op: "Neg" input: "s:\#(index)" }
        node { name: "y" op: "Merge" input: "a" input: "b" }
        """#
    }
    for index in ["1", "2", "65536", "9223372036854775807"] {
      #expect(refusal(merge(index)) != nil, "\(index)")
    }
    for index in ["-1", "65537", "9223372036854775807"] {
      expectRefusal(
        Self.input + #"""
          node { name: "y" op: "f" input: "x" }
          library { function {
            signature { name: "f" input_arg { name: "a" type: DT_FLOAT }
              output_arg { name: "b" type: DT_FLOAT } }
            node_def { name: "foo" op: "Foo" input: "a" } ret { key: "b" value: "foo:c:\#(index)" } } }
          """#, "malformedModel")
    }
  }

  @Test("Constants that can't be computed: an integer divided by 0, more memory than there is")
  func folding() throws {
    func constant(_ name: String, _ values: Int...) -> String {
      #"""
      node { name: "\#(name)" op: "Const" attr { key: "dtype" value { type: DT_INT32 } }
        attr { key: "value" value { tensor { dtype: DT_INT32
          tensor_shape { dim { size: \#(values.count) } }
          \#(values.map { "int_val: \($0)" }.joined(separator: " ")) } } } }

      """#
    }
    func reshape(divisor: Int) -> String {
      Self.input + constant("four", 4) + constant("d", divisor) + #"""
        node { name: "q" op: "TruncateDiv" input: "four" input: "d"
          attr { key: "T" value { type: DT_INT32 } } }
        node { name: "y" op: "Reshape" input: "x" input: "q" }
        """#
    }
    #expect(refusal(reshape(divisor: 1)) == nil)
    expectRefusal(reshape(divisor: 0), "invalidArgument")

    // Each a gigabyte; computed when the model runs, if anyone does that.
    var text = constant("dims", 16384, 16384) + Self.input
    for index in 0..<64 {
      text += #"""
        node { name: "v\#(index)" op: "Const" attr { key: "dtype" value { type: DT_FLOAT } }
          attr { key: "value" value { tensor { dtype: DT_FLOAT tensor_shape { }
            float_val: \#(index) } } } }
        node { name: "f\#(index)" op: "Fill" input: "dims" input: "v\#(index)" }
        node { name: "y\#(index)" op: "Mul" input: "x" input: "f\#(index)" }

        """#
    }
    let graph = try GraphDefinition(
      bytes: Bytes([UInt8](text.replacing("size: 4 }", with: "size: 16384 }").utf8)))
    let model = try Converter.convert(graph).model
    #expect(model.buffers.reduce(0) { $0 + ($1.data?.count ?? 0) } < 1 << 28)
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
