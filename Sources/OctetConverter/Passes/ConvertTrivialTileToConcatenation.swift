import OctetCore
import OctetFormat
import OctetOperators

/// Turns TILE along a single axis into CONCATENATION of the tensor with itself.
///
/// **Source**: TOCO `ConvertTrivialTileToConcat`.
package struct ConvertTrivialTileToConcatenation: NodePass {
  /// More inputs than these are slower than what they replace, and files can ask for any number.
  private static let maximumInputCount = 1 << 12

  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.tile]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) {
    guard let node = graph[index], let input = node.inputs[0], graph[input].shape != nil,
      let counts = node.inputs[1].flatMap({ graph.integers($0) })
    else { return }
    let axes = counts.indices.filter { counts[$0] != 1 }
    guard axes.count == 1, let axis = axes.first, counts[axis] > 0 else {
      return report.declined(
        node.name,
        because: "not changing \(node.label) to CONCATENATION: it repeats along \(axes.count) axes")
    }
    guard counts[axis] <= Self.maximumInputCount else {
      return report.declined(
        node.name,
        because: "not changing \(node.label) to CONCATENATION: it repeats \(counts[axis]) times")
    }
    graph.replace(
      index,
      with: Node(
        name: node.name, Operation(Concatenation.self, Concatenation.Options(axis: axis)),
        inputs: [TensorID?](repeating: input, count: counts[axis]), outputs: node.outputs))
    graph.releaseConstants(node.inputs)
    report.changed(node.name, "made \(node.label) a CONCATENATION along axis \(axis)")
  }
}
