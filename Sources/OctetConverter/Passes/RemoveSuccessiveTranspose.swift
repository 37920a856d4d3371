import OctetCore
import OctetFormat

/// Removes two TRANSPOSEs in a row that undo each other.
///
/// **Source**: TOCO `RemoveSuccessiveTranspose`.
package struct RemoveSuccessiveTranspose: NodePass {
  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.transpose]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) {
    guard let first = graph[index], let axes = graph.permutation(of: first),
      let source = first.inputs[0], let reader = graph.soleReader(of: first.outputs[0]),
      let second = graph[reader], let inverse = graph.permutation(of: second),
      inverse.count == axes.count, inverse.map({ axes[$0] }) == Array(axes.indices)
    else { return }
    guard graph.isInternal(first.outputs[0]), graph.isInternal(second.outputs[0]) else {
      return report.declined(
        first.name,
        because: "not removing \(first.label) and \(second.label): a result is a graph output")
    }
    graph.replaceUses(of: second.outputs[0], with: source)
    graph.remove(reader)
    graph.remove(index)
    report.changed(first.name, "removed \(first.label) and \(second.label), which undo each other")
  }
}
