import OctetCore
import OctetFormat
import OctetRuntime
import Testing

/// Variables, strings and signatures.
@Suite struct InterpreterStateTests {
  /// Two signatures: `set` gives a variable the value of `x`, `get` gives it back.
  static func variable(readType: ElementType = .float32) -> Model {
    var builder = GraphsBuilder()
    _ = builder.graph(inputs: ["x"], outputs: []) { graph in
      graph.tensor("handle", .resource)
      graph.tensor("x", .float32, [2])
      graph.step(.varHandle, [], ["handle"], "VarHandleOptions", ["shared_name": .string("v")])
      graph.step(.assignVariable, ["handle", "x"], [])
    }
    _ = builder.graph(inputs: [], outputs: ["y"]) { graph in
      graph.tensor("handle", .resource)
      graph.tensor("y", readType, [2])
      graph.step(.varHandle, [], ["handle"], "VarHandleOptions", ["shared_name": .string("v")])
      graph.step(.readVariable, ["handle"], ["y"])
    }
    builder.model.signatures = [
      Signature(
        key: "set", inputs: [.init(name: "value", tensor: 1)], outputs: [], subgraph: 0),
      Signature(
        key: "get", inputs: [], outputs: [.init(name: "value", tensor: 1)], subgraph: 1),
    ]
    return builder.model
  }

  @Test("signatures share variables, which take the shape of what was assigned")
  func sharedVariable() throws {
    let interpreter = try Interpreter(model: Self.variable())
    #expect(interpreter.signatureKeys == ["set", "get"])
    let set = try interpreter.signatureRunner(with: "set")
    let get = try interpreter.signatureRunner(with: "get")
    #expect(set.inputs == ["value"] && set.outputs.isEmpty && get.outputs == ["value"])
    try get.allocateTensors()
    #expect(throws: OctetError.self) { try get.invoke() }
    for values in [[1, 2], [3, 4, 5], [6, 7]] as [[Float]] {
      try set.resizeInput(named: "value", toShape: [values.count])
      try set.allocateTensors()
      try set.copy(values, toInputNamed: "value")
      try set.invoke()
      try get.invoke()
      #expect(try get.output(named: "value").values() == values)
    }
    try interpreter.resetVariableTensors()
    try get.invoke()
    #expect(try get.output(named: "value").values() == [6, 7] as [Float])
  }

  @Test("names that a model or signature doesn't have list those that it has")
  func unknownNames() throws {
    let interpreter = try Interpreter(model: Self.variable())
    let key = #expect(throws: OctetError.self) { try interpreter.signatureRunner(with: "sit") }
    #expect(key?.code == .unknownName("sit", kind: "signature", near: ["set"]))
    let set = try interpreter.signatureRunner(with: "set")
    try set.allocateTensors()
    let name = #expect(throws: OctetError.self) {
      try set.copy([1] as [Float], toInputNamed: "valu")
    }
    #expect(name?.code == .unknownName("valu", kind: "input", near: ["value"]))
  }

  @Test("a variable of another type than is read is an error")
  func otherType() throws {
    let interpreter = try Interpreter(model: Self.variable(readType: .int32))
    let set = try interpreter.signatureRunner(with: "set")
    try set.allocateTensors()
    try set.invoke()
    let get = try interpreter.signatureRunner(with: "get")
    try get.allocateTensors()
    #expect(throws: OctetError.self) { try get.invoke() }
  }

  @Test("variables together stay within the limit")
  func largeVariables() throws {
    var builder = GraphsBuilder()
    _ = builder.graph(inputs: ["x"], outputs: []) { graph in
      graph.tensor("x", .float32, [600])
      for name in ["v", "w"] {
        graph.tensor(name, .resource)
        graph.step(.varHandle, [], [name], "VarHandleOptions", ["shared_name": .string(name)])
        graph.step(.assignVariable, [name, "x"], [])
      }
    }
    let tight = Interpreter.Options(limits: Limits(arenaByteCount: 4096))
    let interpreter = try Interpreter(model: builder.model, options: tight)
    try interpreter.allocateTensors()
    let error = #expect(throws: OctetError.self) { try interpreter.invoke() }
    #expect(
      error?.code
        == .limitExceeded(limit: "bytes of resource variables", value: 4800, maximum: 4096))
    let roomy = try Interpreter(
      model: builder.model, options: .init(limits: Limits(arenaByteCount: 4800)))
    try roomy.allocateTensors()
    try roomy.invoke()
  }

  /// `["b", "", "ä"]` as a file has them.
  static let constant = Bytes([
    3, 0, 0, 0, 20, 0, 0, 0, 21, 0, 0, 0, 21, 0, 0, 0, 23, 0, 0, 0, 0x62, 0xC3, 0xA4,
  ])

  /// Whether `a` is equal to a constant, two elements of which are picked, and `a` itself.
  static func strings() -> Model {
    var builder = GraphsBuilder()
    _ = builder.graph(inputs: ["a"], outputs: ["equal", "picked", "a"]) { graph in
      graph.tensor("a", .string, [3])
      graph.tensor("c", .string, [3], data: Self.constant)
      graph.tensor("indices", .int32, [2], data: Bytes(values: [2, 0] as [Int32]))
      graph.tensor("equal", .bool, [3])
      graph.tensor("picked", .string, [2])
      graph.step(.equal, ["a", "c"], ["equal"])
      graph.step(.gather, ["c", "indices"], ["picked"])
    }
    return builder.model
  }

  @Test("strings of any bytes go in, are compared and moved, and come out")
  func stringsOfAnyBytes() throws {
    let interpreter = try Interpreter(model: Self.strings())
    try interpreter.allocateTensors()
    #expect(try interpreter.input(at: 0).strings() == ["", "", ""])
    try interpreter.copy(["b", "x", "ä"], toInputAt: 0)
    try interpreter.invoke()
    #expect(try interpreter.output(at: 0).values() == [1, 0, 1] as [UInt8])
    #expect(try interpreter.output(at: 1).strings() == ["ä", "b"])
    #expect(try interpreter.output(at: 2).strings() == ["b", "x", "ä"])
    try interpreter.copy([Bytes([0xFF, 0]), Bytes([]), Bytes([7])], toInputAt: 0)
    try interpreter.invoke()
    #expect(try interpreter.output(at: 0).values() == [0, 1, 0] as [UInt8])
    #expect(try interpreter.output(at: 2).byteStrings()[0] == Bytes([0xFF, 0]))
    try interpreter.copy(Self.constant, toInputAt: 0)
    try interpreter.invoke()
    #expect(try interpreter.output(at: 0).values() == [1, 1, 1] as [UInt8])
    #expect(throws: OctetError.self) { try interpreter.copy(["b"], toInputAt: 0) }
    #expect(throws: OctetError.self) { try interpreter.copy(Bytes([1, 2, 3]), toInputAt: 0) }
    #expect(throws: OctetError.self) { try interpreter.copy([1, 2, 3] as [UInt64], toInputAt: 0) }
    #expect(throws: OctetError.self) {
      try interpreter.withInputBytes(at: 0) { (_: inout MutableRawSpan) in }
    }
  }

  @Test("a constant with another number of strings than its shape has is refused")
  func stringCount() throws {
    var builder = GraphsBuilder()
    let constant = try PackedStrings([Bytes([65])]).bytes
    _ = builder.graph(inputs: [], outputs: ["c"]) { graph in
      graph.tensor("c", .string, [2], data: constant)
    }
    #expect(throws: OctetError.self) { try Interpreter(model: builder.model) }
  }
}
