import OctetCore
import OctetFormat
import OctetOperators

/// Turns two more ways to write a rectifier with slope `a` into PRELU:
/// `relu(x) − a · relu(−x)` and `relu(x) + a · (x − |x|) · 0.5`.
///
/// TOCO has no counterpart, and refuses these forms where their parts have no ranges of their own.
package struct IdentifyPReluBySubtraction: NodePass {
  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.add, .sub]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) {
    guard let sum = graph[index], sum.operation.fusedActivation == .none, sum.inputs.count == 2
    else { return }
    let slots = sum.builtin == .sub ? [(0, 1)] : [(0, 1), (1, 0)]
    for (positiveSlot, negativeSlot) in slots {
      guard let (reluIndex, relu) = graph.privateProducer(of: sum.inputs[positiveSlot]),
        relu.builtin == .relu, let input = relu.inputs[0],
        let negative = sum.builtin == .sub
          ? graph.scaledNegativeHalf(sum.inputs[negativeSlot], of: input)
          : graph.halvedDifference(sum.inputs[negativeSlot], of: input)
      else { continue }
      graph.replace(
        index,
        with: Node(
          name: sum.name, Operation(PRelu.self), inputs: [input, negative.slope],
          outputs: sum.outputs))
      for step in negative.steps + [reluIndex] { graph.remove(step) }
      return report.changed(sum.name, "\(sum.label) of two rectified halves is PRELU")
    }
  }
}

/// The constant slope of the negative half, and the nodes that compute it, last first.
private struct NegativeHalf {
  var slope: TensorID
  var steps: [Int]
}

extension GraphRewriter {
  /// `a · relu(−x)`.
  fileprivate func scaledNegativeHalf(_ tensor: TensorID?, of input: TensorID) -> NegativeHalf? {
    guard let product = constantProduct(tensor),
      let (reluIndex, relu) = privateProducer(of: product.variable), relu.builtin == .relu,
      let (negIndex, neg) = privateProducer(of: relu.inputs[0]), neg.builtin == .neg,
      neg.inputs[0] == input
    else { return nil }
    return NegativeHalf(slope: product.constant, steps: [product.index, reluIndex, negIndex])
  }

  /// `a · (x − |x|) · 0.5`, the factors in any order.
  fileprivate func halvedDifference(_ tensor: TensorID?, of input: TensorID) -> NegativeHalf? {
    guard let outer = constantProduct(tensor), let inner = constantProduct(outer.variable),
      let (subIndex, sub) = privateProducer(of: inner.variable), sub.builtin == .sub,
      sub.operation.fusedActivation == .none, sub.inputs[0] == input,
      let (absIndex, abs) = privateProducer(of: sub.inputs[1]), abs.builtin == .abs,
      abs.inputs[0] == input
    else { return nil }
    let steps = [outer.index, inner.index, subIndex, absIndex]
    if scalar(outer.constant) == 0.5 { return NegativeHalf(slope: inner.constant, steps: steps) }
    if scalar(inner.constant) == 0.5 { return NegativeHalf(slope: outer.constant, steps: steps) }
    return nil
  }

  /// A product of a constant and a variable.
  private func constantProduct(
    _ tensor: TensorID?
  ) -> (index: Int, constant: TensorID, variable: TensorID)? {
    guard let (index, node) = privateProducer(of: tensor), node.builtin == .mul,
      node.operation.fusedActivation == .none, let slots = splitOperands(node),
      let constant = node.inputs[slots.constantSlot], let variable = node.inputs[slots.variableSlot]
    else { return nil }
    return (index, constant, variable)
  }
}
