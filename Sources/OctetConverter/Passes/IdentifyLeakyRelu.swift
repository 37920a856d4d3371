import OctetCore
import OctetFormat
import OctetOperators

/// Turns `max(x, a · x)` with a constant `a` of 0 to 1 into LEAKY_RELU.
///
/// FakeQuant nodes may stand behind the product. TOCO has no counterpart, and refuses the form
/// where the product has no range of its own.
package struct IdentifyLeakyRelu: NodePass {
  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.maximum]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) {
    guard let maximum = graph[index], maximum.inputs.count == 2 else { return }
    for (inputSlot, productSlot) in [(0, 1), (1, 0)] {
      guard let input = maximum.inputs[inputSlot],
        let product = graph.product(maximum.inputs[productSlot], with: input)
      else { continue }
      guard (0...1).contains(product.factor) else {
        return report.declined(
          maximum.name,
          because: "not changing \(maximum.label) to LEAKY_RELU: the slope is \(product.factor)")
      }
      graph.replace(
        index,
        with: Node(
          name: maximum.name,
          Operation(LeakyRelu.self, LeakyRelu.Options(alpha: product.factor)), inputs: [input],
          outputs: maximum.outputs))
      for step in product.steps { graph.remove(step) }
      return report.changed(
        maximum.name, "\(maximum.label) of a value and its multiple is LEAKY_RELU")
    }
  }
}

extension GraphRewriter {
  /// The constant that `input` was multiplied by to give `tensor`, and the nodes that did it, last
  /// first.
  fileprivate func product(
    _ tensor: TensorID?, with input: TensorID
  ) -> (factor: Float, steps: [Int])? {
    guard var (index, node) = privateProducer(of: tensor) else { return nil }
    var steps = [index]
    while node.builtin == .fakeQuant {
      guard let before = privateProducer(of: node.inputs[0]) else { return nil }
      (index, node) = before
      steps.append(index)
    }
    guard node.builtin == .mul, node.operation.fusedActivation == .none, node.inputs.count == 2,
      let slot = node.inputs.firstIndex(of: input), let factor = scalar(node.inputs[1 - slot])
    else { return nil }
    return (factor, steps)
  }
}
