import OctetOperators

/// Removes all FakeQuant nodes; ranges that were read from them stay on the tensors.
///
/// For quantized inference after ranges are known, for float inference on request, and early where
/// misplaced nodes would keep operators apart that belong together.
///
/// - Source: TOCO `DropFakeQuant`.
package struct DropFakeQuant: Pass {
  /// The pass.
  package init() {}

  package func run(_ graph: inout Graph, _ report: inout PassReport) {
    guard graph.nodes.contains(where: Self.isFakeQuant) else { return }
    var rewriter = GraphRewriter(taking: &graph)
    defer { graph = rewriter.finish() }
    for index in rewriter.indices {
      guard let node = rewriter[index], Self.isFakeQuant(node) else { continue }
      guard rewriter.bypassOrCopy(index) else {
        report.declined(node.name, because: "a graph output needs its constant or unknown data")
        continue
      }
      report.changed(node.name, "dropped a FakeQuant node")
      if node.is(FakeQuantPerChannel.self) {
        report.warn(
          node.name, "activations can't have a range for each channel: its ranges are dropped")
      }
    }
  }

  private static func isFakeQuant(_ node: Node) -> Bool {
    node.is(FakeQuant.self) || node.is(FakeQuantPerChannel.self)
  }
}
