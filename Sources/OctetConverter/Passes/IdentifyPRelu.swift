import OctetCore
import OctetFormat
import OctetOperators

/// Turns `relu(x) + (−a) · relu(−x)` into PRELU with slope `a`.
///
/// The slope is computed by a NEG of the constant, named `<constant>_neg`, which folds later.
///
/// **Source**: TOCO `IdentifyPRelu`.
package struct IdentifyPRelu: NodePass {
  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.add]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) throws(OctetError) {
    guard let addition = graph[index], addition.operation.fusedActivation == .none,
      addition.inputs.count == 2,
      let match = Match(addition.inputs[0], addition.inputs[1], in: graph)
        ?? Match(addition.inputs[1], addition.inputs[0], in: graph)
    else { return }
    let negated = match.negatedSlope
    let slope = graph.add(
      GraphTensor(
        name: graph.derivedName(graph[negated].name + "_neg"), type: graph[negated].type,
        shape: graph[negated].shape))
    graph.insert(
      Node(name: addition.name, Operation(Neg.self), inputs: [negated], outputs: [slope]),
      before: index)
    graph.replace(
      index,
      with: Node(
        name: addition.name, Operation(PRelu.self), inputs: [match.input, slope],
        outputs: addition.outputs))
    for step in match.steps { graph.remove(step) }
    report.changed(addition.name, "\(addition.label) of two rectified halves is PRELU")
  }

  private struct Match {
    let input: TensorID
    let negatedSlope: TensorID
    /// In the order in which they can be removed.
    let steps: [Int]

    init?(_ positive: TensorID?, _ negative: TensorID?, in graph: GraphRewriter) {
      guard let (reluIndex, relu) = graph.privateProducer(of: positive), relu.builtin == .relu,
        let (mulIndex, mul) = graph.privateProducer(of: negative), mul.builtin == .mul,
        mul.operation.fusedActivation == .none, mul.inputs.count == 2, let input = relu.inputs[0]
      else { return nil }
      for (slopeSlot, halfSlot) in [(0, 1), (1, 0)] {
        guard let slope = mul.inputs[slopeSlot], graph.isConstant(slope),
          let (halfIndex, half) = graph.privateProducer(of: mul.inputs[halfSlot]),
          half.builtin == .relu,
          let (negIndex, neg) = graph.privateProducer(of: half.inputs[0]), neg.builtin == .neg,
          neg.inputs[0] == input
        else { continue }
        self.input = input
        negatedSlope = slope
        steps = [mulIndex, halfIndex, negIndex, reluIndex]
        return
      }
      return nil
    }
  }
}
