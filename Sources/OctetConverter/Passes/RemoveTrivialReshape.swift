import OctetCore
import OctetFormat

/// Removes a RESHAPE to the same shape, and one that only another RESHAPE reads.
///
/// **Source**: TOCO `RemoveTrivialReshape`.
package struct RemoveTrivialReshape: NodePass {
  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.reshape]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) {
    guard let node = graph[index], let input = node.inputs[0],
      let reason = triviality(of: node, input, in: graph)
    else { return }
    guard graph.bypass(index) else {
      return report.declined(
        node.name, because: "not removing \(node.label), though \(reason): both ends are visible")
    }
    report.changed(node.name, "removed \(node.label): \(reason)")
  }

  private func triviality(
    of node: Node, _ input: TensorID, in graph: GraphRewriter
  ) -> String? {
    let output = node.outputs[0]
    if let shape = graph[input].shape, shape == graph[output].shape {
      return "the shape is the same"
    }
    guard graph.isInternal(output), let reader = graph.soleReader(of: output),
      let next = graph[reader], next.builtin == .reshape, next.inputs[0] == output,
      graph.isInternal(next.outputs[0])
    else { return nil }
    return "only \(next.label) reads it"
  }
}
