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
          node.name, "\(node.operation.name) has no integer kernel: it is computed in float32")
      }
      var following: [Node] = []
      if node.hasFloatOutputs {
        for (index, output) in node.outputs.enumerated() where graph.isReal(output) {
          guard graph[output].range != nil else {
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
}
