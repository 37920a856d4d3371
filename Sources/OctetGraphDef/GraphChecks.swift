import OctetCore

/// What must hold for the connections of every graph.
enum GraphChecks {
  /// Errors of one kind beyond this number are counted, not listed.
  static let maximumErrorCount = 20

  /// The place of each node by its name.
  ///
  /// - Throws: `.malformedModel` for nodes without a name and for each name that occurs twice.
  static func indicesByName(_ nodes: [NodeDefinition]) throws(OctetError) -> [String: Int] {
    var indices = [String: Int](minimumCapacity: nodes.count)
    var errors: [OctetError] = []
    for (index, node) in nodes.enumerated() {
      if node.name.isEmpty {
        errors.append(
          OctetError(.malformedModel(reason: "node \(index) (\(node.operation)) has no name")))
      } else if let first = indices[node.name] {
        errors.append(
          OctetError(
            .malformedModel(
              reason: "two nodes have the name '\(node.name)': "
                + "\(nodes[first].operation) and \(node.operation)")))
      } else {
        indices[node.name] = index
      }
    }
    if !errors.isEmpty { throw .combined(errors, limit: maximumErrorCount) }
    return indices
  }

  /// Checks that all inputs exist and that nothing depends on itself.
  ///
  /// - Throws: `.unknownName` for missing inputs, `.malformedModel` for cycles.
  static func checkConnections(
    _ nodes: [NodeDefinition], indicesByName: [String: Int]
  ) throws(OctetError) {
    var errors: [OctetError] = []
    for node in nodes {
      let named =
        node.inputs.enumerated().map { ("input \($0)", $1.node) }
        + node.controlInputs.map { ("control input", $0) }
      for (place, name) in named where indicesByName[name] == nil {
        // Similar names are looked up only for errors that will be shown.
        let near =
          errors.count < maximumErrorCount
          ? NearMatches(to: name).among(nodes.lazy.map(\.name)) : []
        errors.append(
          OctetError(
            .unknownName(name, kind: "node", near: near), at: [node.place, place],
            remedy: "freeze the graph with this node's inputs in it"))
      }
    }
    if !errors.isEmpty { throw .combined(errors, limit: maximumErrorCount) }

    let cycles = GraphCycles(nodes, indicesByName: indicesByName)
    for component in cycles.components {
      let names = cycles.shortestCycle(in: component).map { nodes[$0].name }
      errors.append(
        OctetError(
          .malformedModel(reason: "nodes depend on each other: " + Self.description(ofCycle: names))
        ))
    }
    if !errors.isEmpty { throw .combined(errors, limit: maximumErrorCount) }
  }

  /// `a -> b -> a`, with the middle of a long cycle left out.
  private static func description(ofCycle names: [String]) -> String {
    let shownCount = 12
    let closed = names + names.prefix(1)
    guard closed.count > shownCount else { return closed.joined(separator: " -> ") }
    let shown =
      closed.prefix(shownCount - 2) + ["… (\(closed.count - shownCount) more)"] + closed.suffix(2)
    return shown.joined(separator: " -> ")
  }
}
