import OctetCore
import OctetFormat
import OctetOperators

/// Turns ADD_N of two tensors into ADD, which other passes know how to fuse.
///
/// **Source**: TOCO `ConvertTrivialAddNToAdd`.
package struct ConvertTrivialAddNToAdd: NodePass {
  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.addN]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) {
    guard let node = graph[index], node.inputs.count == 2 else { return }
    graph.modify(index) { $0.operation = Operation(Add.self, Add.Options()) }
    report.changed(node.name, "made \(node.label) of two tensors an ADD")
  }
}
