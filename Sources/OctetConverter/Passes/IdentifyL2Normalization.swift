import OctetCore
import OctetFormat
import OctetOperators

/// Turns `x · rsqrt(Σ x²)` and `x / sqrt(Σ x²)` over the last dimension into L2_NORMALIZATION.
///
/// A constant of at most 0.001 may be added to the sum, or bound it from below.
///
/// **Source**: TOCO `IdentifyL2Normalization`, which does not look at the dimension.
package struct IdentifyL2Normalization: NodePass {
  private static let largestEpsilon: Float = 1e-3

  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.mul, .div]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) {
    guard let product = graph[index], product.inputs.count == 2, let input = product.inputs[0],
      product.operation.fusedActivation == .none,
      let (rootIndex, root) = graph.privateProducer(of: product.inputs[1]),
      root.builtin == (product.builtin == .mul ? .rsqrt : .sqrt),
      var (sumIndex, sum) = graph.privateProducer(of: root.inputs[0])
    else { return }
    func decline(_ reason: String) {
      report.declined(
        product.name, because: "not changing \(product.label) to L2_NORMALIZATION: \(reason)")
    }
    var steps = [rootIndex]
    if sum.builtin == .add || sum.builtin == .maximum {
      guard sum.operation.fusedActivation == .none,
        let slot = sum.inputs.indices.first(where: { isSmall(sum.inputs[$0], in: graph) }),
        let below = graph.privateProducer(of: sum.inputs[1 - slot])
      else { return decline("\(sum.label) does not add a small constant") }
      steps.append(sumIndex)
      (sumIndex, sum) = below
    }
    guard sum.builtin == .sum else { return decline("\(sum.label) is no sum") }
    guard let (squareIndex, square) = graph.privateProducer(of: sum.inputs[0]),
      square.builtin == .square, square.inputs[0] == input
    else { return decline("\(sum.label) does not sum the squares of the same values") }
    guard isOverLastDimension(sum, input, in: graph) else {
      return decline("\(sum.label) is not over the last dimension alone")
    }
    graph.replace(
      index,
      with: Node(
        name: product.name, Operation(L2Normalization.self, L2Normalization.Options()),
        inputs: [input], outputs: product.outputs))
    for step in steps + [sumIndex, squareIndex] { graph.remove(step) }
    report.changed(product.name, "\(product.label) by the root of summed squares is a norm")
  }

  private func isSmall(_ id: TensorID?, in graph: GraphRewriter) -> Bool {
    graph.scalar(id).map { abs($0) <= Self.largestEpsilon } ?? false
  }

  private func isOverLastDimension(
    _ sum: Node, _ input: TensorID, in graph: GraphRewriter
  ) -> Bool {
    guard let shape = graph[input].shape, shape.rank > 0, sum.inputs.count > 1,
      let axes = sum.inputs[1].flatMap({ graph.integers($0) }),
      graph[sum.outputs[0]].shape?.dimensions == shape.dimensions.dropLast() + [1]
    else { return false }
    return axes == [-1] || axes == [shape.rank - 1]
  }
}
