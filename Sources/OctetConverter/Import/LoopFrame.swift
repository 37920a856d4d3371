import OctetCore
import OctetGraphDef

/// One loop of TensorFlow 1: the nodes between `Enter` and `Exit` of a frame.
///
/// Each loop variable passes `Enter`, then `Merge`, which takes the value of the turn before from
/// `NextIteration`, and `Switch`, which sends it into the body or, when `LoopCond` is false, out
/// through `Exit`. Values that stay the same have an `Enter` only.
struct LoopFrame {
  /// A value that changes from turn to turn.
  struct Variable {
    var enter: NodeDefinition
    var merge: NodeDefinition
    var next: NodeDefinition
    /// Nil where neither the body nor the graph behind the loop reads the variable.
    var gate: NodeDefinition?
    var exits: [NodeDefinition] = []
  }

  let name: String
  private(set) var variables: [Variable] = []
  /// `Enter` nodes of values that stay the same.
  private(set) var constants: [NodeDefinition] = []
  let condition: NodeDefinition

  /// The loop of the frame `name`; nil where its nodes aren't connected as TensorFlow connects them.
  init?(_ name: String, enters: [NodeDefinition], in graph: LoopGraph) {
    self.name = name
    var condition: NodeDefinition?
    for enter in enters {
      let merges = graph.readers(of: enter.name).filter { $0.operation == "Merge" }
      guard let merge = merges.first else {
        constants.append(enter)
        continue
      }
      let producers = merge.inputs.compactMap { graph[$0.node] }
      guard merges.count == 1, enter.inputs.count == 1, producers.count == 2,
        let next = producers.first(where: { $0.operation == "NextIteration" }),
        next.inputs.count == 1
      else { return nil }
      var variable = Variable(enter: enter, merge: merge, next: next)
      let gates = graph.readers(of: merge.name).filter {
        $0.operation == "Switch" && $0.inputs.count == 2 && $0.inputs[0].node == merge.name
          && graph[$0.inputs[1].node]?.operation == "LoopCond"
      }
      guard gates.count <= 1 else { return nil }
      if let gate = gates.first {
        variable.gate = gate
        variable.exits = graph.readers(of: gate.name).filter { $0.operation == "Exit" }
        condition = graph[gate.inputs[1].node]
      }
      variables.append(variable)
    }
    guard let condition, condition.inputs.count == 1,
      constants.allSatisfy({ $0.inputs.count == 1 }), !variables.isEmpty
    else { return nil }
    self.condition = condition
  }

  /// The nodes that hold the loop together.
  var skeleton: [NodeDefinition] {
    var nodes = constants + [condition]
    for variable in variables {
      nodes += [variable.enter, variable.merge, variable.next] + variable.exits
      if let gate = variable.gate { nodes.append(gate) }
    }
    return nodes
  }

  /// Names of nodes that stand for the arguments inside of condition and body.
  var parameters: [String] { variables.map(\.merge.name) + constants.map(\.name) }

  /// The values that the loop begins with.
  var initialValues: [NodeInput] {
    variables.map(\.enter.inputs[0]) + constants.map(\.inputs[0])
  }

  /// The values that a turn gives.
  var nextValues: [NodeInput] {
    variables.map(\.next.inputs[0]) + constants.map { NodeInput(node: $0.name) }
  }

  /// A value inside of the loop as one of condition and body: what comes out of a gate is what went
  /// in.
  func inner(_ value: NodeInput) -> NodeInput {
    for variable in variables where value.node == variable.gate?.name {
      return NodeInput(node: variable.merge.name)
    }
    return value
  }
}

/// Nodes by name, with who reads them.
struct LoopGraph {
  private(set) var nodes: [NodeDefinition]
  private let indices: [String: Int]
  private let readerIndices: [String: [Int]]

  init(_ nodes: [NodeDefinition]) {
    self.nodes = nodes
    var indices: [String: Int] = [:]
    var readers: [String: [Int]] = [:]
    for (index, node) in nodes.enumerated() {
      indices[node.name] = index
      for input in Set(node.inputs.map(\.node)) { readers[input, default: []].append(index) }
    }
    self.indices = indices
    readerIndices = readers
  }

  subscript(name: String) -> NodeDefinition? { indices[name].map { nodes[$0] } }

  /// The nodes that read a value of the node `name`.
  func readers(of name: String) -> [NodeDefinition] {
    (readerIndices[name] ?? []).map { nodes[$0] }
  }

  /// The nodes that `values` depend on, up to those named in `cut`, in the graph's order.
  func producers(of values: [NodeInput], cut: Set<String>) -> [NodeDefinition] {
    var found: Set<Int> = []
    var pending = values.map(\.node)
    while let name = pending.popLast() {
      guard !cut.contains(name), let index = indices[name], found.insert(index).inserted else {
        continue
      }
      pending += nodes[index].inputs.map(\.node)
    }
    return found.sorted().map { nodes[$0] }
  }

  /// The nodes that `values` depend on, up to nodes of an operation, which are among them.
  func producers(of values: [NodeInput], upTo operation: String) -> [NodeDefinition] {
    var found: Set<Int> = []
    var pending = values.map(\.node)
    while let name = pending.popLast() {
      guard let index = indices[name], found.insert(index).inserted else { continue }
      if nodes[index].operation != operation { pending += nodes[index].inputs.map(\.node) }
    }
    return found.sorted().map { nodes[$0] }
  }

  /// Puts a node in the place of the one of its name; who reads it is told of the node before.
  mutating func replace(_ node: NodeDefinition) {
    guard let index = indices[node.name] else { return }
    nodes[index] = node
  }

  /// The names of nodes that read any of `names`, and of those that read these, and so on.
  func dependents(of names: [String]) -> Set<String> {
    var found = Set(names)
    var pending = names
    while let name = pending.popLast() {
      for reader in readers(of: name) where found.insert(reader.name).inserted {
        pending.append(reader.name)
      }
    }
    return found
  }
}
