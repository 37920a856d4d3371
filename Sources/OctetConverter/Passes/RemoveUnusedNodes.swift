import OctetCore

/// Removes nodes that no output of the graph depends on, and frees constants that nothing reads.
///
/// **Source**: TOCO `RemoveUnusedOp`.
package struct RemoveUnusedNodes: Pass {
  /// The pass.
  package init() {}

  package func run(_ graph: inout Graph, _ report: inout PassReport) throws(OctetError) {
    var isNeeded = Set(graph.outputs)
    var unused: Set<Int> = []
    for index in graph.nodes.indices.reversed() {
      let node = graph.nodes[index]
      if node.outputs.contains(where: isNeeded.contains) {
        for case let input? in node.inputs { isNeeded.insert(input) }
      } else {
        unused.insert(index)
        report.changed(node.name, "removed \(node.operation.name): no output depends on it")
      }
    }
    graph.removeNodes(unused)
    for id in graph.tensorIDs where graph[id].constant != nil && !isNeeded.contains(id) {
      graph[id].constant = nil
    }
  }
}
