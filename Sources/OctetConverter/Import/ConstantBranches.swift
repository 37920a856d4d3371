import OctetCore
import OctetGraphDef

/// Gates branches of TensorFlow 1 conditionals that give a constant.
///
/// Such a branch reads nothing that a `Switch` passes on: only control inputs say which branch it is.
/// A `Switch` put behind it says so too, to everything that looks at values alone.
struct ConstantBranches {
  private let graph: LoopGraph
  private var gates: [NodeDefinition] = []

  /// The graph with such gates, in its functions too; the graph itself where it needs none.
  static func gated(_ source: GraphDefinition) throws(OctetError) -> GraphDefinition {
    let bodies = source.functions.map(\.body) + [source]
    guard bodies.contains(where: { $0.nodes.contains { $0.operation == "Merge" } }) else {
      return source
    }
    var functions: [FunctionDefinition] = []
    for function in source.functions {
      functions.append(
        try FunctionDefinition(
          name: function.name, parameters: function.parameters, results: function.results,
          nodes: gated(function.body.nodes).filter { $0.operation != "_Arg" }))
    }
    return try GraphDefinition(
      nodes: gated(source.nodes), functions: functions,
      unreadableFunctions: source.unreadableFunctions, producerVersion: source.producerVersion)
  }

  private static func gated(_ nodes: [NodeDefinition]) -> [NodeDefinition] {
    guard nodes.contains(where: { $0.operation == "Merge" }) else { return nodes }
    var gating = ConstantBranches(graph: LoopGraph(nodes))
    let changed = nodes.map { $0.operation == "Merge" ? gating.gated($0) : $0 }
    return changed + gating.gates
  }

  private mutating func gated(_ merge: NodeDefinition) -> NodeDefinition {
    let isLoop = merge.inputs.contains { graph[$0.node]?.operation == "NextIteration" }
    guard merge.inputs.count == 2, !isLoop else { return merge }
    var inputs: [NodeInput] = []
    for (index, input) in merge.inputs.enumerated() {
      guard let side = graph.branch(ofConstant: input),
        let predicate = predicate(side.predicate, ofBranch: merge.inputs[1 - index])
      else {
        inputs.append(input)
        continue
      }
      var name = "\(merge.name)/branch_\(index)"
      while graph[name] != nil { name += "_" }
      gates.append(
        NodeDefinition(name: name, operation: "Switch", inputs: [input, predicate]))
      inputs.append(NodeInput(node: name, outputIndex: side.output))
    }
    return NodeDefinition(
      name: merge.name, operation: merge.operation, inputs: inputs,
      controlInputs: merge.controlInputs, attributes: merge.attributes, device: merge.device)
  }

  /// A predicate as the gates of the other branch name it, which may read a copy of it; nil where
  /// they read another one.
  private func predicate(_ predicate: NodeInput, ofBranch value: NodeInput) -> NodeInput? {
    let gate = graph.producers(of: [value], upTo: "Switch").first { $0.operation == "Switch" }
    guard let gate else { return predicate }
    guard gate.inputs.count == 2,
      graph.origin(of: gate.inputs[1]) == graph.origin(of: predicate)
    else { return nil }
    return gate.inputs[1]
  }
}

extension LoopGraph {
  /// The value that a chain of `Identity` nodes copies.
  fileprivate func origin(of value: NodeInput) -> NodeInput {
    var value = value
    var steps = 0
    // A file may make a ring of them.
    while let node = self[value.node], node.operation == "Identity", let input = node.inputs.first,
      steps < nodes.count
    {
      value = input
      steps += 1
    }
    return value
  }

  /// The predicate that decides whether a value is computed, and the output of its `Switch`; nil for
  /// values that pass a `Switch` themselves, or that are always computed.
  fileprivate func branch(
    ofConstant value: NodeInput
  ) -> (predicate: NodeInput, output: Int)? {
    guard !depends(value, on: ["Switch", "Merge", "Enter"]) else { return nil }
    var visited: Set<String> = []
    var pending = [value]
    // Breadth first: the nearest conditional is the innermost one.
    while !pending.isEmpty {
      var next: [NodeInput] = []
      for step in pending {
        guard let node = self[step.node] else { continue }
        if node.operation == "Switch" {
          guard node.inputs.count == 2, step.outputIndex <= 1,
            self[node.inputs[1].node]?.operation != "LoopCond"
          else { return nil }
          return (node.inputs[1], step.outputIndex)
        }
        guard visited.insert(node.name).inserted else { continue }
        next += node.inputs + node.controlInputs.map { NodeInput(node: $0) }
      }
      pending = next
    }
    return nil
  }

  /// Whether a value is computed from nodes of some operations; stops at the first one.
  private func depends(_ value: NodeInput, on operations: Set<String>) -> Bool {
    var visited: Set<String> = []
    var pending = [value.node]
    while let name = pending.popLast() {
      guard visited.insert(name).inserted, let node = self[name] else { continue }
      if operations.contains(node.operation) { return true }
      pending += node.inputs.map(\.node)
    }
    return false
  }
}
