import OctetCore
import OctetGraphDef

/// Turns the loops of TensorFlow 1, and those that freezing takes apart into the same nodes, into
/// `StatelessWhile` nodes with functions for condition and body.
///
/// Loops that aren't connected as TensorFlow connects them stay; ordering the nodes then fails.
///
/// **Source**: TensorFlow's `functionalize_while.cc`.
struct LoopRaising {
  private var graph: LoopGraph
  private var functions: [FunctionDefinition]

  /// A loop is a few dozen nodes of a file; each costs a look at all nodes.
  private static let maximumLoopCount = 250

  /// The graph without such loops; the graph itself where it has none.
  ///
  /// - Throws: `.limitExceeded` for a graph with very many loops.
  static func apply(to source: GraphDefinition) throws(OctetError) -> GraphDefinition {
    guard source.nodes.contains(where: { $0.operation == "Enter" }) else { return source }
    let frames = Set(source.nodes.compactMap { try? $0.string("frame_name") })
    guard frames.count <= maximumLoopCount else {
      throw OctetError(
        .limitExceeded(limit: "loops", value: frames.count, maximum: maximumLoopCount))
    }
    var raising = LoopRaising(graph: LoopGraph(source.nodes), functions: source.functions)
    var count = 0
    // Each raises the loop of one frame.
    while try raising.raiseInnermost() { count += 1 }
    guard count > 0 else { return source }
    return try GraphDefinition(
      nodes: raising.graph.nodes, functions: raising.functions,
      unreadableFunctions: source.unreadableFunctions, producerVersion: source.producerVersion)
  }

  /// Raises a loop that has no others inside; returns whether there was one.
  private mutating func raiseInnermost() throws(OctetError) -> Bool {
    var frames: [String: [NodeDefinition]] = [:]
    var order: [String] = []
    for node in graph.nodes where node.operation == "Enter" {
      guard let frame = try? node.string("frame_name") else { continue }
      if frames[frame] == nil { order.append(frame) }
      frames[frame, default: []].append(node)
    }
    for name in order {
      guard let loop = LoopFrame(name, enters: frames[name] ?? [], in: graph) else { continue }
      let cut = Set(loop.skeleton.map(\.name))
      let condition = graph.producers(of: loop.condition.inputs, cut: cut)
      let body = graph.producers(of: loop.nextValues, cut: cut)
      let isInnermost = (condition + body).allSatisfy {
        !["Enter", "Exit", "NextIteration", "LoopCond"].contains($0.operation)
      }
      guard isInnermost else { continue }
      try raise(loop, condition, body)
      return true
    }
    return false
  }

  private mutating func raise(
    _ loop: LoopFrame, _ condition: [NodeDefinition], _ body: [NodeDefinition]
  ) throws(OctetError) {
    let conditionFunction = try addFunction(
      "\(loop.name)/condition", loop, condition, results: loop.condition.inputs)
    let bodyFunction = try addFunction(
      "\(loop.name)/body", loop, body, results: loop.nextValues)
    let loopName = uniqueName("\(loop.name)/loop")
    var replacements: [String: NodeDefinition] = [:]
    for (index, variable) in loop.variables.enumerated() {
      for exit in variable.exits {
        replacements[exit.name] = NodeDefinition(
          name: exit.name, operation: "Identity",
          inputs: [NodeInput(node: loopName, outputIndex: index)])
      }
    }
    // What hangs on the loop otherwise than by its exits ends with it.
    let kept = Set(replacements.keys)
    let inside = LoopGraph(graph.nodes.filter { !kept.contains($0.name) })
      .dependents(of: loop.skeleton.map(\.name).filter { !kept.contains($0) })
    var nodes: [NodeDefinition] = []
    for node in graph.nodes where !inside.contains(node.name) {
      if let replacement = replacements[node.name] {
        nodes.append(replacement)
        continue
      }
      nodes.append(
        NodeDefinition(
          name: node.name, operation: node.operation, inputs: node.inputs,
          controlInputs: node.controlInputs.filter { !inside.contains($0) },
          attributes: node.attributes, device: node.device))
    }
    nodes.append(
      NodeDefinition(
        name: loopName, operation: "StatelessWhile", inputs: loop.initialValues,
        attributes: [
          "cond": .function(FunctionReference(name: conditionFunction)),
          "body": .function(FunctionReference(name: bodyFunction)),
        ]))
    graph = LoopGraph(nodes)
  }

  /// Adds a function of the loop's variables; returns its name.
  private mutating func addFunction(
    _ name: String, _ loop: LoopFrame, _ nodes: [NodeDefinition], results: [NodeInput]
  ) throws(OctetError) -> String {
    var name = name
    while functions.contains(where: { $0.name == name }) { name += "_" }
    let inner = nodes.map { node in
      NodeDefinition(
        name: node.name, operation: node.operation, inputs: node.inputs.map(loop.inner),
        attributes: node.attributes, device: node.device)
    }
    functions.append(
      try FunctionDefinition(
        name: name, parameters: loop.parameters, results: results.map(loop.inner), nodes: inner))
    return name
  }

  private func uniqueName(_ name: String) -> String {
    var name = name
    while graph[name] != nil { name += "_" }
    return name
  }
}
