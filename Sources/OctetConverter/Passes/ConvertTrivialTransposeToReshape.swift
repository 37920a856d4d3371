import OctetCore
import OctetFormat

/// Turns TRANSPOSE that leaves the order of the elements as it is into RESHAPE.
///
/// That is so where the dimensions of extent above 1 keep their order.
///
/// **Source**: TOCO `ConvertTrivialTransposeToReshape`.
package struct ConvertTrivialTransposeToReshape: NodePass {
  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.transpose]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) throws(OctetError) {
    guard let node = graph[index], let axes = graph.permutation(of: node),
      let input = node.inputs[0], let before = graph[input].shape, before.rank == axes.count,
      let after = graph[node.outputs[0]].shape, let permutation = node.inputs[1]
    else { return }
    let moved = axes.filter { before[$0] != 1 }
    guard moved == moved.sorted() else { return }
    let name = graph[permutation].name
    try graph.replaceByReshape(index, to: after, shapeName: name, isMatrix: true)
    report.changed(node.name, "made \(node.label) a RESHAPE: it moves no element")
  }
}
