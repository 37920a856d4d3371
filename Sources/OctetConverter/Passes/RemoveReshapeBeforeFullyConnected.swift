import OctetCore
import OctetFormat
import OctetOperators

/// Lets a dense layer read what a RESHAPE in front of it reads: the layer flattens by itself.
///
/// **Source**: TOCO `ResolveTensorFlowMatMul`.
package struct RemoveReshapeBeforeFullyConnected: NodePass {
  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.fullyConnected]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) {
    guard let layer = graph[index], let options = layer.options(of: FullyConnected.self),
      !options.keepsDimensions, let input = layer.inputs[0],
      let producer = graph.producer(of: input), let reshape = graph[producer],
      reshape.builtin == .reshape, let source = reshape.inputs[0]
    else { return }
    graph.modify(index) { $0.inputs[0] = source }
    if graph.isUnused(input) { graph.remove(producer) }
    report.changed(reshape.name, "\(layer.label) flattens its input without \(reshape.label)")
  }
}
