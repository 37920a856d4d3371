import Foundation
import OctetCore
import OctetFormat
import OctetRuntime
import Testing

@Suite struct ControlFlowTests {
  /// `i, x = (i + 1, concatenation(x, x))` as long as `i < 3`.
  static func doubling() -> Model {
    var builder = GraphsBuilder()
    _ = builder.graph(inputs: ["i", "x"], outputs: ["n", "y"]) { graph in
      graph.tensor("i", .int32)
      graph.tensor("x", .float32, [2])
      graph.tensor("n", .int32)
      graph.tensor("y")
      graph.loop(["i", "x"], ["n", "y"], condition: 1, body: 2)
    }
    _ = builder.graph(inputs: ["i", "x"], outputs: ["less"]) { graph in
      graph.tensor("i", .int32)
      graph.tensor("x", .float32, [2])
      graph.tensor("three", .int32, data: Bytes(values: [3] as [Int32]))
      graph.tensor("less", .bool)
      graph.step(.less, ["i", "three"], ["less"])
    }
    _ = builder.graph(inputs: ["i", "x"], outputs: ["next", "twice"]) { graph in
      graph.tensor("i", .int32)
      graph.tensor("x", .float32, [2])
      graph.tensor("one", .int32, data: Bytes(values: [1] as [Int32]))
      graph.tensor("next", .int32)
      graph.tensor("twice", .float32, [4])
      graph.step(.add, ["i", "one"], ["next"])
      graph.step(.concatenation, ["x", "x"], ["twice"])
    }
    return builder.model
  }

  @Test("loop variables may grow in every iteration")
  func growingShapes() throws {
    let interpreter = try Interpreter(model: Self.doubling())
    try interpreter.allocateTensors()
    for (start, copies) in [(0, 8), (2, 2), (3, 1), (0, 8), (9, 1)] as [(Int32, Int)] {
      try interpreter.copy([start], toInputAt: 0)
      try interpreter.copy([1, 2] as [Float], toInputAt: 1)
      try interpreter.invoke()
      #expect(try interpreter.output(at: 0).values() == [max(start, 3)])
      let expected = [[Float]](repeating: [1, 2], count: copies).flatMap { $0 }
      #expect(try interpreter.output(at: 1).shape.dimensions == [2 * copies])
      #expect(try interpreter.output(at: 1).values() == expected)
    }
  }

  /// `i, a, b = (i + 1, b, a)` as long as `i < limit`, an input.
  static func swapping() -> Model {
    var builder = GraphsBuilder()
    let names = ["i", "limit", "a", "b"]
    func declare(_ graph: inout GraphsBuilder.GraphContent, _ names: [String]) {
      for name in names {
        graph.tensor(name, name.first == "i" || name.first == "l" ? .int32 : .float32)
      }
    }
    let results = ["i2", "limit2", "a2", "b2"]
    _ = builder.graph(inputs: names, outputs: results) { graph in
      declare(&graph, names + results)
      graph.loop(names, results, condition: 1, body: 2)
    }
    _ = builder.graph(inputs: names, outputs: ["go"]) { graph in
      declare(&graph, names)
      graph.tensor("go", .bool)
      graph.step(.less, ["i", "limit"], ["go"])
    }
    _ = builder.graph(inputs: names, outputs: ["i2", "limit", "b", "a"]) { graph in
      declare(&graph, names + ["i2"])
      graph.tensor("one", .int32, data: Bytes(values: [1] as [Int32]))
      graph.step(.add, ["i", "one"], ["i2"])
    }
    return builder.model
  }

  private func setSwap(_ interpreter: Interpreter, count: Int32) throws {
    try interpreter.allocateTensors()
    try interpreter.copy([0] as [Int32], toInputAt: 0)
    try interpreter.copy([count], toInputAt: 1)
    try interpreter.copy([1] as [Float], toInputAt: 2)
    try interpreter.copy([2] as [Float], toInputAt: 3)
  }

  @Test("a body that exchanges its inputs loses neither", arguments: [0, 1, 2, 3, 10])
  func exchange(count: Int32) throws {
    let interpreter = try Interpreter(model: Self.swapping())
    try setSwap(interpreter, count: count)
    try interpreter.invoke()
    let expected: [Float] = count % 2 == 0 ? [1, 2] : [2, 1]
    #expect(try interpreter.output(at: 2).values() == [expected[0]])
    #expect(try interpreter.output(at: 3).values() == [expected[1]])
  }

  @Test("a loop that doesn't end is ended by a limit, a timeout or the caller")
  func endless() throws {
    let options = Interpreter.Options(limits: Limits(graphRunCount: 1000))
    let limited = try Interpreter(model: Self.swapping(), options: options)
    try setSwap(limited, count: .max)
    let error = #expect(throws: OctetError.self) { try limited.invoke() }
    #expect(
      error?.code == .limitExceeded(limit: "runs of subgraphs", value: 1001, maximum: 1000))
    try setSwap(limited, count: 100)
    try limited.invoke()

    let interpreter = try Interpreter(
      model: Self.swapping(), options: .init(limits: Limits(graphRunCount: .max)))
    try setSwap(interpreter, count: .max)
    let late = #expect(throws: OctetError.self) {
      try interpreter.invoke(timeout: .milliseconds(20))
    }
    #expect(late?.code == .timedOut(limit: .milliseconds(20)))
    let cancellation = Cancellation()
    Thread.detachNewThread {
      Thread.sleep(forTimeInterval: 0.02)
      cancellation.cancel()
    }
    let cancelled = #expect(throws: OctetError.self) {
      try interpreter.invoke(cancellation: cancellation)
    }
    #expect(cancelled?.code == .cancelled)
  }

  /// `y = condition ? concatenation(x, x) : x`.
  @Test("branches may give different shapes")
  func branches() throws {
    var builder = GraphsBuilder()
    _ = builder.graph(inputs: ["condition", "x"], outputs: ["z"]) { graph in
      graph.tensor("condition", .bool)
      for name in ["x", "y", "z"] { graph.tensor(name, .float32, [2]) }
      graph.step(
        .if, ["condition", "x"], ["y"], "IfOptions",
        ["then_subgraph_index": .integer(1), "else_subgraph_index": .integer(2)])
      graph.step(.neg, ["y"], ["z"])
    }
    _ = builder.graph(inputs: ["x"], outputs: ["twice"]) { graph in
      graph.tensor("x", .float32, [2])
      graph.tensor("twice", .float32, [4])
      graph.step(.concatenation, ["x", "x"], ["twice"])
    }
    _ = builder.graph(inputs: ["x"], outputs: ["x"]) { $0.tensor("x", .float32, [2]) }
    let interpreter = try Interpreter(model: builder.model)
    try interpreter.allocateTensors()
    for (condition, expected) in [(1, [-5, -6, -5, -6]), (0, [-5, -6]), (0, [-5, -6])]
      as [(UInt8, [Float])]
    {
      try interpreter.copy([condition], toInputAt: 0)
      try interpreter.copy([5, 6] as [Float], toInputAt: 1)
      try interpreter.invoke()
      #expect(try interpreter.output(at: 0).values() == expected)
    }
  }

  @Test("graphs that would run while they run are refused, whoever made the model")
  func cycles() throws {
    var recursive = Self.doubling()
    recursive.subgraphs[2].operators[0] = recursive.subgraphs[0].operators[0]
    recursive.subgraphs[2].operators[0].outputs = [3, 4]
    recursive.subgraphs[2].operators.remove(at: 1)
    recursive.subgraphs[2].tensors[3].type = .int32
    #expect(throws: OctetError.self) { try Interpreter(model: recursive).allocateTensors() }
    var same = Self.doubling()
    same.subgraphs[0].operators[0].options?.fields["cond_subgraph_index"] = .integer(2)
    #expect(throws: OctetError.self) { try Interpreter(model: same).allocateTensors() }
    var missing = Self.doubling()
    missing.subgraphs[0].operators[0].options?.fields["cond_subgraph_index"] = .integer(7)
    #expect(throws: OctetError.self) { try Interpreter(model: missing).allocateTensors() }
    var fewer = Self.doubling()
    fewer.subgraphs[1].inputs.removeLast()
    #expect(throws: OctetError.self) { try Interpreter(model: fewer).allocateTensors() }
  }

  @Test("a model with any one byte changed is refused or runs")
  func changedBytes() throws {
    for model in [Self.doubling(), Self.swapping(), InterpreterStateTests.strings()] {
      let original = try model.serialized().array
      var runCount = 0
      for index in original.indices {
        for change: UInt8 in [0xFF, 0x01, 0x04] {
          var bytes = original
          bytes[index] ^= change
          if run(bytes) { runCount += 1 }
        }
      }
      // Some bytes are names and padding: a model that never runs shows a mistake of the test.
      #expect(runCount > 0)
      #expect(runCount < original.count * 3)
    }
  }

  /// Whether the model could be run; every refusal is an `OctetError` by its type.
  private func run(_ bytes: [UInt8]) -> Bool {
    do throws(OctetError) {
      let limits = Limits(
        tensorByteCount: 1 << 16, arenaByteCount: 1 << 18, graphRunCount: 100)
      let interpreter = try Interpreter(
        model: Model(bytes: Bytes(bytes)), options: .init(limits: limits))
      try interpreter.allocateTensors()
      try interpreter.invoke()
      return true
    } catch {
      return false
    }
  }
}
