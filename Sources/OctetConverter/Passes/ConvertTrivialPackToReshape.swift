import OctetCore
import OctetFormat

/// Turns PACK of a single tensor into RESHAPE.
///
/// **Source**: TOCO `ConvertTrivialPackToReshape`.
package struct ConvertTrivialPackToReshape: NodePass {
  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.pack]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) throws(OctetError) {
    guard let node = graph[index], node.inputs.count == 1,
      let shape = graph[node.outputs[0]].shape, shape.rank > 1
    else { return }
    let name = node.name + "_shape"
    try graph.replaceByReshape(index, to: shape, shapeName: name)
    report.changed(node.name, "made \(node.label) of one tensor a RESHAPE to \(shape)")
  }
}
