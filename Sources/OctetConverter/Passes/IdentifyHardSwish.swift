import OctetCore
import OctetFormat
import OctetOperators

/// Turns `x · relu6(x + 3) / 6` into HARD_SWISH.
///
/// The addition has RELU6 fused; the factors come in any order; FakeQuant nodes may stand between.
///
/// **Source**: TOCO `IdentifyHardSwish`.
package struct IdentifyHardSwish: NodePass {
  /// Whether a division by 6 counts too; TOCO knows the multiplication only.
  package var acceptsDivision: Bool

  /// The pass.
  package init(acceptsDivision: Bool = false) {
    self.acceptsDivision = acceptsDivision
  }

  package let anchors: Set<BuiltinOperator> = [.add]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) {
    guard let addition = graph[index], addition.operation.fusedActivation == .relu6,
      let slot = graph.slot(of: 3, in: addition), let input = addition.inputs[1 - slot],
      let first = graph.scaling(reading: addition.outputs[0]),
      let second = graph.scaling(reading: first.node.outputs[0])
    else { return }
    // x and 1/6, in either order.
    guard
      (isMultiplication(first, by: input) && isSixth(second, in: graph))
        || (isMultiplication(second, by: input) && isSixth(first, in: graph))
    else { return }
    graph.replace(
      second.index,
      with: Node(
        name: second.node.name, Operation(HardSwish.self), inputs: [input],
        outputs: second.node.outputs))
    for step in second.skipped + [first.index] + first.skipped + [index] { graph.remove(step) }
    report.changed(
      second.node.name, "\(addition.label) times its input and a sixth is HARD_SWISH")
  }

  private func isMultiplication(_ scaling: Scaling, by input: TensorID) -> Bool {
    scaling.node.builtin == .mul && scaling.factor == input
  }

  private func isSixth(_ scaling: Scaling, in graph: GraphRewriter) -> Bool {
    let value = graph.scalar(scaling.factor)
    if scaling.node.builtin == .div { return acceptsDivision && value == 6 }
    return value == 1 / Float(6)
  }
}

/// A MUL or DIV, its other operand, and the FakeQuant nodes before it.
private struct Scaling {
  var index: Int
  var node: Node
  var factor: TensorID
  var skipped: [Int]
}

extension GraphRewriter {
  /// The multiplication or division that alone reads a tensor, with FakeQuant nodes skipped.
  fileprivate func scaling(reading tensor: TensorID) -> Scaling? {
    var tensor = tensor
    var skipped: [Int] = []
    while isInternal(tensor), let index = soleReader(of: tensor), let node = self[index] {
      if node.builtin == .fakeQuant {
        skipped.append(index)
        tensor = node.outputs[0]
      } else {
        guard node.builtin == .mul || node.builtin == .div, node.inputs.count == 2,
          node.operation.fusedActivation == .none,
          let slot = node.inputs.firstIndex(of: tensor), node.builtin == .mul || slot == 0,
          let factor = node.inputs[1 - slot]
        else { return nil }
        return Scaling(index: index, node: node, factor: factor, skipped: skipped)
      }
    }
    return nil
  }
}
