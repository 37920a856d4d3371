import OctetCore
import OctetFormat
import OctetOperators

/// Gives each convolution and dense layer a bias of zeros where it has none.
///
/// The quantized kernels need one, and the passes that fold additions into layers fold into it. It
/// is named after the layer's output of that moment: `<output>_bias`.
///
/// **Source**: TOCO `EnsureBiasVectors`.
package struct AddMissingBias: NodePass {
  /// The pass.
  package init() {}

  package let anchors = Node.affineOperators

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) {
    guard let node = graph[index], let layer = AffineLayer(node), layer.bias == nil,
      let depth = layer.outputDepth(in: graph)
    else { return }
    let name = graph[node.outputs[0]].name + "_bias"
    let zeros = Bytes(count: depth * MemoryLayout<Float>.stride) { _ in }
    let bias = graph.add(
      GraphTensor(
        name: graph.derivedName(name), type: .float32, shape: .vector(depth), constant: zeros))
    graph.modify(index) { node in
      while node.inputs.count <= layer.biasSlot { node.inputs.append(nil) }
      node.inputs[layer.biasSlot] = bias
    }
    report.changed(node.name, "added bias '\(graph[bias].name)' to \(node.label)")
  }
}
