import OctetCore
import OctetFormat
import OctetOperators

/// Turns `x · (1 + erf(x / √2)) / 2` into GELU, and its form with tanh into GELU's approximation.
///
/// The approximation is `x · (1 + tanh(√(2/π) · (x + 0.044715 · x³))) / 2`. Factors come in any
/// order.
///
/// **Source**: TensorFlow's `tf.nn.gelu`; the rewrites of TFLite's converter in
/// `optimize_patterns`.
package struct IdentifyGelu: NodePass {
  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.add]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) {
    guard let addition = graph[index], addition.operation.fusedActivation == .none,
      let slot = graph.slot(of: 1, in: addition),
      let sigmoid = graph.privateProducer(of: addition.inputs[1 - slot]),
      let input = graph.geluInput(of: sigmoid.node),
      let last = graph.halvedProduct(of: addition.outputs[0], with: input.tensor)
    else { return }
    graph.replace(
      last.index,
      with: Node(
        name: last.node.name,
        Operation(Gelu.self, Gelu.Options(isApproximate: sigmoid.node.builtin == .tanh)),
        inputs: [input.tensor], outputs: last.node.outputs))
    for step in last.before + [index, sigmoid.index] + input.steps { graph.remove(step) }
    report.changed(last.node.name, "\(last.node.label) of a Gaussian gate is GELU")
  }
}

extension GraphRewriter {
  /// The x of `erf(x / √2)` or `tanh(√(2/π) · (x + 0.044715 · x³))`, and the nodes between.
  fileprivate func geluInput(of gate: Node) -> (tensor: TensorID, steps: [Int])? {
    guard let scaled = privateProducer(of: gate.inputs[0]) else { return nil }
    if gate.is(ErrorFunction.self) {
      guard
        let input = factor(beside: 0.5.squareRoot(), in: scaled.node)
          ?? dividend(over: 2.0.squareRoot(), in: scaled.node)
      else { return nil }
      return (input, [scaled.index])
    }
    guard gate.builtin == .tanh,
      let argument = factor(beside: (2 / Double.pi).squareRoot(), in: scaled.node),
      let sum = privateProducer(of: argument), sum.node.builtin == .add,
      sum.node.operation.fusedActivation == .none, sum.node.inputs.count == 2
    else { return nil }
    for slot in 0..<2 {
      guard let input = sum.node.inputs[slot],
        let term = privateProducer(of: sum.node.inputs[1 - slot]),
        let power = factor(beside: 0.044715, in: term.node),
        let cube = cube(of: input, in: power)
      else { continue }
      return (input, [scaled.index, sum.index, term.index] + cube)
    }
    return nil
  }

  /// The nodes that compute `input³` as `power`; nil where they don't.
  private func cube(of input: TensorID, in power: TensorID) -> [Int]? {
    guard let (index, node) = privateProducer(of: power) else { return nil }
    if node.builtin == .pow, node.inputs[0] == input, scalar(node.inputs[1]) == 3 {
      return [index]
    }
    guard node.builtin == .mul, node.operation.fusedActivation == .none,
      let slot = node.inputs.firstIndex(of: input),
      let square = privateProducer(of: node.inputs[1 - slot])
    else { return nil }
    let isSquare =
      square.node.builtin == .square
      || (square.node.builtin == .mul && square.node.operation.fusedActivation == .none)
    return isSquare && square.node.inputs.allSatisfy { $0 == input } ? [index, square.index] : nil
  }

  /// The last of two multiplications of `gate`, by one half and by `input` in any order and
  /// grouping.
  fileprivate func halvedProduct(
    of gate: TensorID, with input: TensorID
  ) -> (index: Int, node: Node, before: [Int])? {
    guard let first = privateMultiplication(reading: gate), let other = first.factor else {
      return nil
    }
    // (x / 2) · gate
    if let half = privateProducer(of: other), factor(beside: 0.5, in: half.node) == input {
      return (first.index, first.node, [half.index])
    }
    guard let second = privateMultiplication(reading: first.node.outputs[0]),
      (other == input && scalar(second.factor) == 0.5)
        || (scalar(other) == 0.5 && second.factor == input)
    else { return nil }
    return (second.index, second.node, [first.index])
  }

  private func privateMultiplication(
    reading tensor: TensorID
  ) -> (index: Int, node: Node, factor: TensorID?)? {
    guard isInternal(tensor), let index = soleReader(of: tensor), let node = self[index],
      node.builtin == .mul, node.operation.fusedActivation == .none, node.inputs.count == 2,
      let slot = node.inputs.firstIndex(of: tensor)
    else { return nil }
    return (index, node, node.inputs[1 - slot])
  }

  /// The other factor of a multiplication by a constant.
  private func factor(beside constant: Double, in node: Node) -> TensorID? {
    guard node.builtin == .mul, node.operation.fusedActivation == .none, node.inputs.count == 2
    else { return nil }
    for slot in 0..<2 where isNear(scalar(node.inputs[slot]), constant) {
      return node.inputs[1 - slot]
    }
    return nil
  }

  private func dividend(over constant: Double, in node: Node) -> TensorID? {
    guard node.builtin == .div, node.operation.fusedActivation == .none, node.inputs.count == 2,
      isNear(scalar(node.inputs[1]), constant)
    else { return nil }
    return node.inputs[0]
  }

  /// Whether a constant is meant: authors round it to different digits.
  private func isNear(_ value: Float?, _ constant: Double) -> Bool {
    value.map { abs(Double($0) - constant) <= 1e-4 * constant } ?? false
  }
}
