import OctetCore
import OctetFormat

/// Removes a SLICE that takes everything.
///
/// **Source**: TOCO `RemoveTrivialSlice`.
package struct RemoveTrivialSlice: NodePass {
  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.slice]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) {
    guard let node = graph[index], let shape = node.inputs[0].flatMap({ graph[$0].shape }),
      shape == graph[node.outputs[0]].shape
    else { return }
    guard graph.bypass(index) else {
      return report.declined(
        node.name, because: "not removing \(node.label) of everything: both ends are visible")
    }
    report.changed(node.name, "removed \(node.label) of everything")
  }
}
