import OctetCore
import OctetFormat
import OctetOperators

/// Writes the constant target shape of a RESHAPE into its options too.
///
/// Some runtimes read only the options. An extent of −1 stays −1.
///
/// **Source**: TOCO `ResolveReshapeAttributes`.
package struct RecordReshapeTarget: NodePass {
  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.reshape]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) {
    guard let node = graph[index], node.options(of: Reshape.self)?.newShape == nil,
      node.inputs.count > 1, let target = node.inputs[1].flatMap({ graph.integers($0) })
    else { return }
    graph.modify(index) { node in
      node.operation = Operation(Reshape.self, Reshape.Options(newShape: target))
    }
    report.changed(node.name, "wrote the target shape \(target) into the options of \(node.label)")
  }
}
