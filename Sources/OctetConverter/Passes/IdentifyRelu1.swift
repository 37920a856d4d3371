import OctetCore
import OctetFormat
import OctetOperators

/// Turns MINIMUM with 1 and MAXIMUM with −1, in either order, into RELU_N1_TO_1.
///
/// **Source**: TOCO `IdentifyRelu1`.
package struct IdentifyRelu1: NodePass {
  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.minimum, .maximum]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) {
    guard let second = graph[index] else { return }
    let isMinimum = second.builtin == .minimum
    guard let outer = graph.slot(of: isMinimum ? 1 : -1, in: second),
      let (firstIndex, first) = graph.privateProducer(of: second.inputs[1 - outer]),
      first.builtin == (isMinimum ? .maximum : .minimum),
      let inner = graph.slot(of: isMinimum ? -1 : 1, in: first)
    else { return }
    graph.replace(
      index,
      with: Node(
        name: second.name, Operation(ReluN1To1.self), inputs: [first.inputs[1 - inner]],
        outputs: second.outputs))
    graph.remove(firstIndex)
    graph.releaseConstants(second.inputs)
    report.changed(second.name, "\(first.label) and \(second.label) are RELU_N1_TO_1")
  }
}
