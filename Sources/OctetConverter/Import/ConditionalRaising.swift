import OctetCore
import OctetGraphDef

/// Turns conditionals of TensorFlow 1 (`Switch`, `Merge`) that are decided when the graph runs into
/// `StatelessIf` nodes with a function for each branch.
///
/// Each `Merge` becomes one. Those whose predicate follows from constants are left to
/// `ControlFlowImport`, and those that aren't connected as TensorFlow connects them as they are.
///
/// **Source**: TensorFlow's `functionalize_cond.cc`.
struct ConditionalRaising {
  private var graph: LoopGraph
  private var functions: [FunctionDefinition]
  /// Nodes whose values are known only when the graph runs.
  private let isInput: (NodeDefinition) -> Bool

  /// A conditional is a dozen nodes of a file; each costs a look at what it depends on.
  private static let maximumCount = 500

  /// The graph without such conditionals, in its functions either; the graph itself where it has
  /// none.
  ///
  /// - Parameter inputs: the arrays that the user feeds.
  /// - Throws: `.limitExceeded` for a graph with very many conditionals.
  static func apply(
    to source: GraphDefinition, inputs: [String]
  ) throws(OctetError) -> GraphDefinition {
    let bodies = source.functions.map(\.body) + [source]
    guard bodies.contains(where: { $0.nodes.contains { $0.operation == "Merge" } }) else {
      return source
    }
    let fed = Set(inputs.compactMap { try? NodeInput(parsing: $0).node })
    var functions: [FunctionDefinition] = []
    for function in source.functions {
      var raising = ConditionalRaising(
        graph: LoopGraph(function.body.nodes), functions: functions,
        isInput: { $0.operation == "_Arg" })
      try raising.raiseAll(named: function.name)
      functions = raising.functions
      functions.append(
        try FunctionDefinition(
          name: function.name, parameters: function.parameters, results: function.results,
          nodes: raising.graph.nodes.filter { $0.operation != "_Arg" }))
    }
    var raising = ConditionalRaising(
      graph: LoopGraph(source.nodes), functions: functions,
      isInput: { node in
        fed.contains(node.name) || (node.operation.hasPrefix("Placeholder") && node.inputs.isEmpty)
      })
    try raising.raiseAll(named: "")
    return try GraphDefinition(
      nodes: raising.graph.nodes, functions: raising.functions,
      unreadableFunctions: source.unreadableFunctions, producerVersion: source.producerVersion)
  }

  private mutating func raiseAll(named scope: String) throws(OctetError) {
    let merges = graph.nodes.filter { $0.operation == "Merge" }
    guard merges.count <= Self.maximumCount else {
      throw OctetError(
        .limitExceeded(
          limit: "conditionals", value: merges.count, maximum: Self.maximumCount))
    }
    guard !merges.isEmpty else { return }
    // Inner ones first: outer ones depend on them. A loop that stays is found later.
    let order =
      (try? NodeOrder(GraphDefinition(nodes: graph.nodes)).nodes(
        computing: merges.map { NodeInput(node: $0.name) }, from: [])) ?? []
    for merge in order where merge.operation == "Merge" {
      guard let conditional = Conditional(merge, in: graph), isDecidedLate(conditional.predicate)
      else { continue }
      try raise(conditional, scope)
    }
  }

  private func isDecidedLate(_ predicate: NodeInput) -> Bool {
    graph.producers(of: [predicate], cut: []).contains(where: isInput)
  }

  private mutating func raise(
    _ conditional: Conditional, _ scope: String
  ) throws(OctetError) {
    let merge = conditional.merge
    let captured = conditional.captured
    var names: [String] = []
    for (side, branch) in conditional.branches.enumerated() {
      var name = "\(scope)/\(merge.name)/\(side == 0 ? "else" : "then")"
      while functions.contains(where: { $0.name == name }) { name += "_" }
      functions.append(
        try FunctionDefinition(
          name: name, parameters: captured.map(\.name), results: [conditional.inner(branch.result)],
          nodes: branch.nodes.map { node in
            NodeDefinition(
              name: node.name, operation: node.operation,
              inputs: node.inputs.map(conditional.inner),
              attributes: node.attributes, device: node.device)
          }))
      names.append(name)
    }
    let raised = NodeDefinition(
      name: merge.name, operation: "StatelessIf",
      inputs: [conditional.predicate] + captured.map(\.value),
      attributes: [
        "else_branch": .function(FunctionReference(name: names[0])),
        "then_branch": .function(FunctionReference(name: names[1])),
      ])
    graph.replace(raised)
  }
}

/// One `Merge` with the nodes of both branches that lead to it.
private struct Conditional {
  /// What leads to the merge when the predicate is false, or true.
  struct Branch {
    var result: NodeInput
    var nodes: [NodeDefinition]
  }

  let merge: NodeDefinition
  let predicate: NodeInput
  /// Of false and of true.
  private(set) var branches: [Branch] = []
  /// What the branches take from outside: the value, and the name that it has inside.
  private(set) var captured: [(name: String, value: NodeInput)] = []
  private let gates: Set<String>

  /// The conditional that ends at `merge`; nil where it is none, or its index is asked for.
  init?(_ merge: NodeDefinition, in graph: LoopGraph) {
    guard merge.inputs.count == 2,
      !graph.readers(of: merge.name).contains(where: { reader in
        reader.inputs.contains { $0.node == merge.name && $0.outputIndex != 0 }
      })
    else { return nil }
    var gates: [String: NodeDefinition] = [:]
    var sides: [Int?] = []
    var regions: [[NodeDefinition]] = []
    for input in merge.inputs {
      let region = graph.producers(of: [input], upTo: "Switch")
      let inputs = region.filter { $0.operation != "Switch" }.flatMap(\.inputs) + [input]
      var found: Set<Int> = []
      for gate in region where gate.operation == "Switch" {
        guard gate.inputs.count == 2 else { return nil }
        gates[gate.name] = gate
        found.formUnion(inputs.filter { $0.node == gate.name }.map(\.outputIndex))
      }
      guard found.count <= 1 else { return nil }
      sides.append(found.first)
      regions.append(region.filter { $0.operation != "Switch" })
    }
    guard let predicate = gates.values.first?.inputs[1],
      gates.values.allSatisfy({ $0.inputs[1] == predicate })
    else { return nil }
    // A branch of constants alone passes no gate.
    guard let first = sides[0] ?? sides[1].map({ 1 - $0 }),
      let second = sides[1] ?? sides[0].map({ 1 - $0 }), (0...1).contains(first),
      second == 1 - first
    else { return nil }
    self.merge = merge
    self.predicate = predicate
    self.gates = Set(gates.keys)
    for side in 0...1 {
      let place = first == side ? 0 : 1
      branches.append(Branch(result: merge.inputs[place], nodes: regions[place]))
    }
    captured = gates.values.sorted { $0.name < $1.name }.map { ($0.name, $0.inputs[0]) }
  }

  /// A value inside of a branch: what comes out of a gate is what went in.
  func inner(_ value: NodeInput) -> NodeInput {
    gates.contains(value.node) ? NodeInput(node: value.node) : value
  }
}
