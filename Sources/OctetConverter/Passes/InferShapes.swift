import OctetCore

/// Makes types and shapes known wherever a node's inputs determine them.
///
/// A shape that depends on a value known only at run time stays unknown.
///
/// **Source**: TOCO `PropagateFixedSizes`, `PropagateArrayDataTypes`.
package struct InferShapes: Pass {
  /// The pass.
  package init() {}

  package func run(_ graph: inout Graph, _ report: inout PassReport) throws(OctetError) {
    // All contradictions are told at once, not the first.
    var errors: [OctetError] = []
    for node in graph.nodes {
      do {
        guard try graph.inferOutputs(of: node) else { continue }
      } catch {
        errors.append(error)
        continue
      }
      let shapes = node.outputs.map { graph[$0].shape?.description ?? "[?]" }
      report.changed(node.name, "has shape \(shapes.joined(separator: ", "))")
    }
    guard errors.isEmpty else { throw OctetError.combined(errors) }
  }
}
