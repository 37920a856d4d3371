import OctetOperators

/// Removes FakeQuant nodes that repeat the one right before them.
///
/// - Source: TOCO `RemoveTrivialFakeQuant`.
package struct RemoveTrivialFakeQuant: Pass {
  /// The pass.
  package init() {}

  package func run(_ graph: inout Graph, _ report: inout PassReport) {
    guard graph.nodes.contains(where: { $0.is(FakeQuant.self) }) else { return }
    var rewriter = GraphRewriter(taking: &graph)
    defer { graph = rewriter.finish() }
    for index in rewriter.indices {
      guard let node = rewriter[index], let options = node.options(of: FakeQuant.self),
        let input = node.inputs[0], let producer = rewriter.producer(of: input),
        let previous = rewriter[producer]?.options(of: FakeQuant.self),
        options.minimum == previous.minimum, options.maximum == previous.maximum,
        options.bitCount == previous.bitCount
      else { continue }
      if rewriter.bypass(index) {
        report.changed(node.name, "removed: it repeats the FakeQuant node before it")
      } else {
        report.declined(node.name, because: "users see both its input and its output")
      }
    }
  }
}
