import OctetCore
import OctetFormat
import OctetOperators

/// Folds an addition or multiplication by constants into the layer in front of it.
///
/// This absorbs the bias of a layer, and a batch norm once it is a multiplication and an addition.
/// The constant has one value, or one for each output channel. The layer's output then carries the
/// name of the binary node's. Each weight and bias is multiplied or added to once, in float32.
///
/// **Source**: TOCO `FuseBinaryIntoPrecedingAffine`.
package struct FuseBinaryIntoPrecedingAffine: NodePass {
  /// Whether transposed convolutions absorb factors too; TOCO lets them absorb additions only.
  package var scalesTransposedConvolutions: Bool

  /// The pass.
  package init(scalesTransposedConvolutions: Bool = false) {
    self.scalesTransposedConvolutions = scalesTransposedConvolutions
  }

  package let anchors = Node.arithmeticOperators

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) throws(OctetError) {
    guard let binary = graph[index], let builtin = binary.builtin,
      let (constantSlot, variableSlot) = graph.splitOperands(binary),
      let operand = binary.inputs[constantSlot], let variable = binary.inputs[variableSlot],
      let producer = graph.producer(of: variable), let node = graph[producer],
      let layer = AffineLayer(node)
    else { return }
    let label = "\(binary.label) into the preceding \(node.label)"
    if let reason = obstacle(to: builtin, constantSlot, operand, layer, variable, in: graph) {
      return report.declined(binary.name, because: "not fusing \(label): \(reason)")
    }
    guard let bias = layer.bias, let depth = layer.outputDepth(in: graph),
      let values = graph.channelValues(of: operand, depth: depth, shapeOf: variable, binary)
    else {
      return report.declined(
        binary.name,
        because: "not fusing \(label): the constant is not one value or one for each channel")
    }
    switch builtin {
    case .mul, .div:
      graph.scaleWeights(of: layer, by: values, dividing: builtin == .div, &report)
      graph.updateBias(bias, with: values) { builtin == .div ? $0 / $1 : $0 * $1 }
    case .add:
      graph.updateBias(bias, with: values) { $0 + $1 }
    default:
      graph.updateBias(bias, with: values) { constantSlot == 1 ? $0 - $1 : $1 - $0 }
      if constantSlot == 0 {
        // c − (w·x + b) = (−w)·x + (c − b).
        graph.scaleWeights(of: layer, by: [-1], dividing: false, &report)
      }
    }
    let operation = try node.operation.fusing(binary.operation.fusedActivation)
    graph.remove(index)
    graph.modify(producer) { node in
      node.operation = operation
      node.outputs = binary.outputs
    }
    report.changed(binary.name, "fused \(label)")
  }

  /// Why the fusion is not possible; nil where it is.
  private func obstacle(
    to builtin: BuiltinOperator, _ constantSlot: Int, _ operand: TensorID, _ layer: AffineLayer,
    _ output: TensorID, in graph: GraphRewriter
  ) -> String? {
    if builtin == .div, constantSlot != 1 { return "the denominator is not constant" }
    if graph.isOutput(output) { return "the layer's output is an output of the graph" }
    if layer.builtin == .transposeConv, builtin != .add, !scalesTransposedConvolutions {
      return "transposed convolutions absorb additions only"
    }
    if layer.operation.fusedActivation != .none { return "the layer has a fused activation" }
    guard let bias = layer.bias else { return "the layer has no bias" }
    let changesWeights = builtin != .add && !(builtin == .sub && constantSlot == 1)
    let changed = changesWeights ? [layer.weights, bias] : [bias]
    if [layer.weights, bias, operand].contains(where: { graph[$0].type != .float32 }) {
      return "weights, bias or operand are not float32"
    }
    if !changed.allSatisfy(graph.isConstant) { return "weights or bias are not constant" }
    if !changed.allSatisfy(graph.isReadOnce) { return "weights or bias are read elsewhere" }
    if !graph.isReadOnce(output) { return "the layer's output is read elsewhere" }
    return nil
  }
}

extension GraphRewriter {
  /// The values that `operand` has for each of `depth` output channels, or its one value; nil where
  /// it varies along other axes, or where broadcasting would give `binary` another shape.
  func channelValues(
    of operand: TensorID, depth: Int, shapeOf output: TensorID, _ binary: Node
  ) -> [Float]? {
    guard let shape = self[operand].shape, let data = self[operand].constant else { return nil }
    if let before = self[output].shape, let after = self[binary.outputs[0]].shape, before != after {
      return nil
    }
    guard shape.elementCount == 1 || (shape.elementCount == depth && shape.lastExtent == depth)
    else { return nil }
    return data.values(as: Float.self)
  }

  /// Combines each bias with the value of its channel; a recorded range no longer counts.
  mutating func updateBias(
    _ bias: TensorID, with values: [Float], _ combine: (Float, Float) -> Float
  ) {
    updateFloats(bias) { biases in
      for i in biases.indices {
        biases[i] = combine(biases[i], values.count == 1 ? values[0] : values[i])
      }
    }
    self[bias].range = nil
  }
}
