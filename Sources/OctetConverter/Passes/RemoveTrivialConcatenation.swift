import OctetCore
import OctetFormat
import OctetOperators

/// Removes a CONCATENATION of one tensor.
///
/// **Source**: TOCO `RemoveTrivialConcatenation`.
package struct RemoveTrivialConcatenation: NodePass {
  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.concatenation]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) {
    guard let node = graph[index], node.inputs.count == 1, node.operation.fusedActivation == .none
    else { return }
    guard graph.bypass(index) else {
      return report.declined(
        node.name, because: "not removing \(node.label) of one tensor: both ends are visible")
    }
    report.changed(node.name, "removed \(node.label) of one tensor")
  }
}
