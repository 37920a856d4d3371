import OctetCore
import OctetGraphDef
import Testing

private func node(
  _ name: String, _ operation: String = "Identity", inputs: [String] = [], control: [String] = []
) throws -> NodeDefinition {
  NodeDefinition(
    name: name, operation: operation, inputs: try inputs.map { try NodeInput(parsing: $0) },
    controlInputs: control)
}

@Suite("Checks of connections")
struct CheckTests {
  private func error(_ nodes: [NodeDefinition]) throws -> OctetError {
    try #require(throws: OctetError.self) { try GraphDefinition(nodes: nodes) }
  }

  @Test("Names must be there and be unique")
  func names() throws {
    #expect(
      try error([node("a", "Add"), node("", "Sub"), node("a", "Mul")]).code
        == .several([
          OctetError(.malformedModel(reason: "node 1 (Sub) has no name")),
          OctetError(.malformedModel(reason: "two nodes have the name 'a': Add and Mul")),
        ]))
  }

  @Test("Missing inputs are listed with names that were meant")
  func missingInputs() throws {
    let nodes = try [
      node("scope/conv1"),
      node("x", inputs: ["scope/conv1", "scope/conv2"], control: ["conv1"]),
    ]
    guard case .several(let errors) = try error(nodes).code else {
      Issue.record("expected two errors")
      return
    }
    #expect(
      errors.map(\.code) == [
        .unknownName("scope/conv2", kind: "node", near: ["scope/conv1"]),
        .unknownName("conv1", kind: "node", near: ["scope/conv1"]),
      ])
    #expect(
      errors.map(\.path) == [
        ["node x (Identity)", "input 1"], ["node x (Identity)", "control input"],
      ])
  }

  @Test("Cycles are told, in the direction of the data")
  func cycles() throws {
    let nodes = try [
      node("in"), node("a", inputs: ["in", "c"]), node("b", inputs: ["a"]),
      node("c", control: ["b"]), node("self", inputs: ["self:1"]),
    ]
    #expect(
      try error(nodes).code
        == .several([
          OctetError(.malformedModel(reason: "nodes depend on each other: a -> b -> c -> a")),
          OctetError(.malformedModel(reason: "nodes depend on each other: self -> self")),
        ]))
  }

  @Test("Control-flow loops are read, though they are cycles")
  func loops() throws {
    let graph = try GraphDefinition(nodes: [
      node("enter", "Enter"), node("merge", "Merge", inputs: ["enter", "next"]),
      node("body", "Add", inputs: ["merge"]), node("next", "NextIteration", inputs: ["body"]),
      node("exit", "Exit", inputs: ["merge"]),
    ])
    #expect(graph.nodes.count == 5)
  }

  @Test("Long chains and long cycles are no trouble")
  func longChains() throws {
    let count = 50_000
    var nodes = [try node("0")]
    for index in 1..<count { nodes.append(try node("\(index)", inputs: ["\(index - 1)"])) }
    #expect(try GraphDefinition(nodes: nodes).nodes.count == count)
    nodes[0] = try node("0", inputs: ["\(count - 1)"])
    #expect(try error(nodes).description.utf8.count < 500)
  }
}
