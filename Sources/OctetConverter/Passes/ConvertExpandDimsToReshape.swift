import OctetCore
import OctetFormat

/// Turns EXPAND_DIMS of known shape into RESHAPE, which other passes know how to simplify.
///
/// **Source**: TOCO `ConvertExpandDimsToReshape`.
package struct ConvertExpandDimsToReshape: NodePass {
  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.expandDims]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) throws(OctetError) {
    guard let node = graph[index], let axis = node.inputs[1], graph.isConstant(axis),
      let shape = graph[node.outputs[0]].shape
    else { return }
    try graph.replaceByReshape(index, to: shape, shapeName: graph[axis].name, isMatrix: true)
    report.changed(node.name, "made \(node.label) a RESHAPE to \(shape)")
  }
}
