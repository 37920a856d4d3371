import OctetCore
import OctetFormat
import OctetOperators

/// Turns `x · relu6(x + 3) / 6` into HARD_SWISH.
///
/// The addition has RELU6 fused; the factors come in any order; FakeQuant nodes may stand between.
///
/// **Source**: TOCO `IdentifyHardSwish`.
package struct IdentifyHardSwish: NodePass {
  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.add]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) {
    guard let addition = graph[index], addition.operation.fusedActivation == .relu6,
      let slot = graph.slot(of: 3, in: addition), let input = addition.inputs[1 - slot],
      let first = graph.multiplication(reading: addition.outputs[0]),
      let second = graph.multiplication(reading: first.node.outputs[0])
    else { return }
    // x and 1/6, in either order.
    let factors = [first.factor, second.factor]
    guard let position = factors.firstIndex(of: input),
      graph.scalar(factors[1 - position]) == 1 / Float(6)
    else { return }
    graph.replace(
      second.index,
      with: Node(
        name: second.node.name, Operation(HardSwish.self), inputs: [input],
        outputs: second.node.outputs))
    for step in second.skipped + [first.index] + first.skipped + [index] { graph.remove(step) }
    report.changed(second.node.name, "\(addition.label) and two MULs are HARD_SWISH")
  }
}

extension GraphRewriter {
  /// The multiplication that alone reads a tensor, with FakeQuant nodes skipped, and its other
  /// factor.
  fileprivate func multiplication(
    reading tensor: TensorID
  ) -> (index: Int, node: Node, factor: TensorID, skipped: [Int])? {
    var tensor = tensor
    var skipped: [Int] = []
    while isInternal(tensor), let index = soleReader(of: tensor), let node = self[index] {
      if node.builtin == .fakeQuant {
        skipped.append(index)
        tensor = node.outputs[0]
      } else {
        guard node.builtin == .mul, node.inputs.count == 2,
          node.operation.fusedActivation == .none,
          let slot = node.inputs.firstIndex(of: tensor), let factor = node.inputs[1 - slot]
        else { return nil }
        return (index, node, factor, skipped)
      }
    }
    return nil
  }
}
