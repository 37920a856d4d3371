import OctetCore
import OctetFormat

/// Makes the product with a constant of zeros a constant of zeros.
///
/// **Source**: TOCO `ResolveMultiplyByZero`.
package struct ResolveMultiplyByZero: NodePass {
  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.mul]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) {
    guard let node = graph[index], let (constantSlot, _) = graph.splitOperands(node),
      let constant = node.inputs[constantSlot], graph.isConstant(constant, filledWith: 0),
      let shape = graph[node.outputs[0]].shape
    else { return }
    let output = node.outputs[0]
    guard graph.isInternal(output) else {
      return report.declined(
        node.name, because: "not resolving \(node.label) by zero: its result is a graph output")
    }
    graph.remove(index)
    graph[output].constant = Bytes(count: shape.elementCount * MemoryLayout<Float>.stride) { _ in }
    report.changed(node.name, "\(node.label) by zero is zero")
  }
}
