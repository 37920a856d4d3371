import OctetCore
import OctetFormat
import OctetOperators

/// Lets the operator in front of a RELU, RELU6 or RELU_N1_TO_1 clamp its own output.
///
/// The output then carries the activation's name.
///
/// **Source**: TOCO `FuseActivationFunctions`.
package struct FuseActivation: NodePass {
  /// The operators whose kernels clamp, as TOCO has them; others with the option gain nothing.
  private static let clampingOperators: Set<BuiltinOperator> = [
    .add, .sub, .mul, .div, .conv2D, .depthwiseConv2D, .fullyConnected, .averagePool2D,
    .maxPool2D, .l2Pool2D,
  ]

  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.relu, .relu6, .reluN1To1]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) throws(OctetError) {
    guard let clamp = graph[index], let activation = clamp.activation, let input = clamp.inputs[0],
      let producer = graph.producer(of: input), let node = graph[producer]
    else { return }
    let label = "\(clamp.label) into the preceding \(node.label)"
    if let reason = obstacle(node, input, in: graph) {
      return report.declined(clamp.name, because: "not fusing \(label): \(reason)")
    }
    let operation = try node.operation.fusing(activation)
    graph.remove(index)
    graph.modify(producer) { node in
      node.operation = operation
      node.outputs = clamp.outputs
    }
    report.changed(clamp.name, "fused \(label)")
  }

  private func obstacle(_ node: Node, _ output: TensorID, in graph: GraphRewriter) -> String? {
    guard let builtin = node.builtin, Self.clampingOperators.contains(builtin) else {
      return "the operator can't clamp its output"
    }
    if node.outputs.count > 1 { return "the operator has several outputs" }
    if !graph.isReadOnce(output) { return "its output is read elsewhere" }
    if !graph.isInternal(output) { return "its output is an output of the graph" }
    if node.operation.fusedActivation != .none { return "it has a fused activation already" }
    return nil
  }
}
