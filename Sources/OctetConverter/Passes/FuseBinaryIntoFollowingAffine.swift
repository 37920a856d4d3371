import OctetCore
import OctetFormat
import OctetOperators

/// Folds an addition or multiplication by one constant into the layer behind it.
///
/// A multiplication scales the weights. An addition adds `constant · Σ weights` to the bias, which
/// needs a layer without padding: padded zeros would have to become the constant.
///
/// **Source**: TOCO `FuseBinaryIntoFollowingAffine`.
package struct FuseBinaryIntoFollowingAffine: NodePass {
  /// The pass.
  package init() {}

  package let anchors = Node.arithmeticOperators

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) {
    guard let binary = graph[index], let builtin = binary.builtin,
      let (constantSlot, variableSlot) = graph.splitOperands(binary),
      let variable = binary.inputs[variableSlot],
      let reader = graph.readers(of: binary.outputs[0]).first(where: { isLayer($0, in: graph) }),
      let node = graph[reader], let layer = AffineLayer(node), layer.builtin != .transposeConv,
      node.inputs[layer.inputSlot] == binary.outputs[0]
    else { return }
    let label = "\(binary.label) into the following \(node.label)"
    if let reason = obstacle(to: binary, constantSlot, variable, node, layer, in: graph) {
      return report.declined(binary.name, because: "not fusing \(label): \(reason)")
    }
    guard let value = graph.scalar(binary.inputs[constantSlot]), let bias = layer.bias,
      let depth = layer.outputDepth(in: graph)
    else {
      return report.declined(
        binary.name, because: "not fusing \(label): the constant is not a single float32 value")
    }
    switch builtin {
    case .mul, .div:
      graph.scaleWeights(of: layer, by: [value], dividing: builtin == .div, &report)
    default:
      let addend = builtin == .sub ? -value : value
      let sums = graph.weightedSums(of: layer, depth: depth, addend)
      graph.updateBias(bias, with: sums) { $0 + $1 }
    }
    graph.modify(reader) { $0.inputs[layer.inputSlot] = variable }
    graph.remove(index)
    report.changed(binary.name, "fused \(label)")
  }

  private func isLayer(_ index: Int, in graph: GraphRewriter) -> Bool {
    graph[index].flatMap(AffineLayer.init) != nil
  }

  private func obstacle(
    to binary: Node, _ constantSlot: Int, _ variable: TensorID, _ node: Node, _ layer: AffineLayer,
    in graph: GraphRewriter
  ) -> String? {
    let output = binary.outputs[0]
    let isScaling = binary.builtin == .mul || binary.builtin == .div
    if constantSlot == 0, binary.builtin == .div || binary.builtin == .sub {
      return "the constant is the first operand"
    }
    if binary.operation.fusedActivation != .none { return "it has a fused activation" }
    if graph.isOutput(output) { return "its output is an output of the graph" }
    if !graph.isReadOnce(output) { return "its output is read elsewhere" }
    guard graph[variable].shape == graph[output].shape else { return "it broadcasts its input" }
    guard let bias = layer.bias else { return "the layer has no bias" }
    if !graph.isConstant(layer.weights) || !graph.isConstant(bias) {
      return "weights or bias are not constant"
    }
    if [layer.weights, bias].contains(where: { graph[$0].type != .float32 }) {
      return "weights or bias are not float32"
    }
    if !graph.isReadOnce(isScaling ? layer.weights : bias) {
      return "weights or bias are read elsewhere"
    }
    if !isScaling, layer.builtin != .fullyConnected, node.padding != .valid {
      return "the layer pads its input"
    }
    return nil
  }
}

extension Node {
  /// How a convolution treats borders; nil for other operators.
  fileprivate var padding: Padding? {
    options(of: Conv2D.self)?.padding ?? options(of: DepthwiseConv2D.self)?.padding
  }
}

extension GraphRewriter {
  /// For each output channel, the sum of `addend · weight`, accumulated in float32 in data order.
  fileprivate func weightedSums(
    of layer: AffineLayer, depth: Int, _ addend: Float
  ) -> [Float] {
    var sums = [Float](repeating: 0, count: depth)
    guard depth > 0 else { return sums }
    self[layer.weights].constant?.withUnsafeBytes { raw in
      let values = raw.bindMemory(to: Float.self)
      let perChannel = max(values.count / depth, 1)
      for (index, value) in values.enumerated() {
        let channel = layer.hasInnermostChannel ? index % depth : index / perChannel
        sums[channel] += addend * value
      }
    }
    return sums
  }
}
