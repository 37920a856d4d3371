import OctetCore
import OctetOperators

/// Surrounds operators without integer kernel with DEQUANTIZE and QUANTIZE, so that they compute in
/// float32 within a quantized graph.
///
/// TOCO refuses such graphs.
package struct WrapFloatOperators: Pass {
  /// The pass.
  package init() {}

  package func run(_ graph: inout Graph, _ report: inout PassReport) throws(OctetError) {
    guard graph.nodes.contains(where: \.hasFloatOutputs) else { return }
    let uses = graph.uses()
    var floats = Set(graph.inputs.filter { graph.isReal($0) && graph[$0].range == nil })
    var dequantized: [TensorID: TensorID] = [:]
    var nodes: [Node] = []
    for var node in graph.nodes {
      if node.staysFloat {
        for (slot, input) in node.inputs.enumerated() {
          guard let input, graph.isReal(input), graph[input].constant == nil,
            !floats.contains(input)
          else { continue }
          if dequantized[input] == nil {
            let result = graph.add(
              GraphTensor(
                name: graph.uniqueName(graph[input].name + "_dequantized"), type: .float32,
                shape: graph[input].shape))
            dequantized[input] = result
            nodes.append(
              Node(
                name: node.name, Operation(Dequantize.self), inputs: [input], outputs: [result]))
          }
          node.inputs[slot] = dequantized[input]
        }
        report.changed(node.name, "\(node.operation.name) reads float32")
        report.warn(
          node.name,
          node.computesInFloat
            ? "training recorded no ranges inside of it: it is computed in float32"
            : "\(node.operation.name) has no integer kernel: it is computed in float32")
      }
      var following: [Node] = []
      if node.hasFloatOutputs {
        for (index, output) in node.outputs.enumerated() where graph.isReal(output) {
          guard graph[output].range != nil, !isStep(output, of: node, in: graph, uses) else {
            floats.insert(output)
            continue
          }
          let raw = graph.add(
            GraphTensor(
              name: graph.uniqueName(graph[output].name + "_float"), type: .float32,
              shape: graph[output].shape))
          node.outputs[index] = raw
          following.append(
            Node(name: node.name, Operation(Quantize.self), inputs: [raw], outputs: [output]))
          report.changed(node.name, "quantizes its output")
        }
      }
      nodes.append(node)
      nodes.append(contentsOf: following)
    }
    graph.nodes = nodes
  }

  /// Whether a tensor is on the way from one operator in float to another, and its range assumed.
  private func isStep(
    _ tensor: TensorID, of node: Node, in graph: Graph, _ uses: GraphUses
  ) -> Bool {
    if case .fakeQuant? = graph[tensor].range?.origin { return false }
    return node.computesInFloat && !uses.isOutput(tensor)
      && uses.consumers(of: tensor).allSatisfy { graph.nodes[$0].staysFloat }
  }
}
