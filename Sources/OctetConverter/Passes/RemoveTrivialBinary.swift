import OctetCore
import OctetFormat
import OctetOperators

/// Removes additions of 0 and multiplications by 1.
///
/// Kept where the constant has the other operand's rank and another shape.
///
/// **Source**: TOCO `RemoveTrivialBinaryOperator`.
package struct RemoveTrivialBinary: NodePass {
  /// The pass.
  package init() {}

  package let anchors = Node.arithmeticOperators

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) {
    guard let node = graph[index], let (constantSlot, variableSlot) = graph.splitOperands(node),
      let constant = node.inputs[constantSlot], let variable = node.inputs[variableSlot],
      let shape = graph[variable].shape, let operandShape = graph[constant].shape
    else { return }
    let isAddition = node.builtin == .add || node.builtin == .sub
    guard graph.isConstant(constant, filledWith: isAddition ? 0 : 1),
      constantSlot == 1 || node.builtin == .add || node.builtin == .mul
    else { return }
    func decline(_ reason: String) {
      report.declined(node.name, because: "not removing trivial \(node.label): \(reason)")
    }
    guard node.operation.fusedActivation == .none else { return decline("it has an activation") }
    guard graph[node.outputs[0]].shape == shape,
      operandShape.rank != shape.rank || operandShape == shape
    else { return decline("its operand broadcasts") }
    guard graph.bypass(index, slot: variableSlot) else { return decline("both ends are visible") }
    report.changed(node.name, "removed trivial \(node.label)")
  }
}
