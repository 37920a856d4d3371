import OctetCore
import OctetFormat

/// Turns SQUEEZE of known shape into RESHAPE, which other passes know how to simplify.
///
/// **Source**: TOCO `ConvertSqueezeToReshape`.
package struct ConvertSqueezeToReshape: NodePass {
  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.squeeze]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) throws(OctetError) {
    guard let node = graph[index], let shape = graph[node.outputs[0]].shape else { return }
    // A shape vector without elements makes RESHAPE look for its target elsewhere.
    guard shape.rank > 0 else {
      return report.declined(
        node.name, because: "not changing \(node.label) to RESHAPE: the result is a scalar")
    }
    let name = node.name + "_shape"
    try graph.replaceByReshape(index, to: shape, shapeName: name)
    report.changed(node.name, "made \(node.label) a RESHAPE to \(shape)")
  }
}
