import OctetFormat
import OctetOperators

/// Removes a MINIMUM or MAXIMUM with a constant that changes nothing, because all values that its
/// quantized input can have lie on the right side of the constant.
///
/// - Source: TOCO `RemoveTrivialQuantizedMinMax`.
package struct RemoveTrivialClamp: Pass {
  /// The pass.
  package init() {}

  package func run(_ graph: inout Graph, _ report: inout PassReport) {
    guard graph.nodes.contains(where: { Self.isClamp($0) }) else { return }
    let type = graph.quantizedType
    var rewriter = GraphRewriter(taking: &graph)
    defer { graph = rewriter.finish() }
    for index in rewriter.indices {
      guard let node = rewriter[index], Self.isClamp(node), node.inputs.count == 2,
        let input = node.inputs[0], let bound = rewriter.scalar(node.inputs[1])
      else { continue }
      let interval =
        node.builtin == .minimum
        ? RealInterval(-.infinity, Double(bound)) : RealInterval(Double(bound), .infinity)
      guard rewriter[input].constant == nil, rewriter[input].isQuantizedWithin(interval, type)
      else { continue }
      if rewriter.bypass(index) {
        report.changed(node.name, "removed: its input can't pass the bound \(bound)")
      } else {
        report.declined(node.name, because: "users see both its input and its output")
      }
    }
  }

  private static func isClamp(_ node: Node) -> Bool {
    node.builtin == .minimum || node.builtin == .maximum
  }
}
