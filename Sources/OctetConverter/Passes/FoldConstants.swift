import OctetCore
import OctetFormat
import OctetOperators

/// Computes nodes whose inputs are all constants, and shapes that are known, ahead of time.
///
/// The reference kernels compute. Sources are freed as soon as nothing reads them, so that a large
/// graph never holds its weights twice. FakeQuant nodes and custom operators are left alone.
///
/// Where a node only moves data, the recorded range moves along.
///
/// **Source**: TOCO's `ResolveConstant…` transformations, `ResolveReorderAxes`.
package struct FoldConstants: Pass {
  /// The pass.
  package init() {}

  package func run(_ graph: inout Graph, _ report: inout PassReport) throws(OctetError) {
    guard graph.nodes.contains(where: { isCandidate($0, in: graph) }) else { return }
    var rewriter = GraphRewriter(taking: &graph)
    defer { graph = rewriter.finish() }
    for index in rewriter.indices { fold(index, in: &rewriter, &report) }
  }

  private func isCandidate(_ node: Node, in graph: Graph) -> Bool {
    if node.builtin == .shape || node.builtin == .rank { return true }
    return node.inputs.allSatisfy { $0.map { graph[$0].constant != nil } ?? true }
  }

  private func fold(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) {
    guard let node = graph[index], let builtin = node.builtin, builtin != .fakeQuant,
      !node.outputs.contains(where: graph.isOutput)
    else { return }
    let isFolded: Bool
    do {
      // An earlier fold in this sweep may have determined what the shapes depend on.
      _ = try graph.inferOutputs(of: index)
      isFolded =
        if foldShape(node, builtin, in: &graph) { true } else { try graph.foldConstants(of: index) }
    } catch {
      report.declined(node.name, because: "can't be computed ahead of time: \(error)")
      return
    }
    guard isFolded else { return }
    for output in node.outputs where graph[output].range == nil {
      graph[output].range = graph.rangeOfMovedData(node)
    }
    graph.remove(index)
    report.changed(node.name, "computed \(node.operation.name) ahead of time")
  }

  /// SHAPE and RANK need the shape of their input only.
  private func foldShape(
    _ node: Node, _ builtin: BuiltinOperator, in graph: inout GraphRewriter
  ) -> Bool {
    guard builtin == .shape || builtin == .rank, let input = node.inputs[0],
      let shape = graph[input].shape
    else { return false }
    let values = builtin == .rank ? [shape.rank] : shape.dimensions
    let output = node.outputs[0]
    graph[output].constant =
      graph[output].type == .int64
      ? Bytes(values: values.map { Int64($0) })
      : Bytes(values: values.map { Int32(clamping: $0) })
    return true
  }
}
