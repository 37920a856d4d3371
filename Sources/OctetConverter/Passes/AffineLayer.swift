import OctetCore
import OctetFormat
import OctetOperators

/// A convolution or dense layer seen as `weights · input + bias`.
struct AffineLayer {
  let operation: Operation
  let builtin: BuiltinOperator
  let weights: TensorID
  /// Nil where there is none yet.
  let bias: TensorID?
  /// Which input the bias is.
  let biasSlot: Int
  /// Which input the activations are.
  let inputSlot: Int

  /// The view of a node; nil where it is no such layer.
  init?(_ node: Node) {
    guard let builtin = node.builtin, Node.affineOperators.contains(builtin),
      node.inputs.count > 1, let weights = node.inputs[1]
    else { return nil }
    operation = node.operation
    self.builtin = builtin
    self.weights = weights
    // TRANSPOSE_CONV reads the output shape first.
    biasSlot = builtin == .transposeConv ? 3 : 2
    inputSlot = builtin == .transposeConv ? 2 : 0
    bias = biasSlot < node.inputs.count ? node.inputs[biasSlot] : nil
  }

  /// Whether the output channel is the innermost dimension of the weights, not the outermost.
  var hasInnermostChannel: Bool { builtin == .depthwiseConv2D }

  /// The number of output channels; nil while the shape of the weights is unknown.
  func outputDepth(in graph: GraphRewriter) -> Int? {
    guard let shape = graph[weights].shape, shape.rank > 0 else { return nil }
    return hasInnermostChannel ? shape.lastExtent : shape[0]
  }
}

extension Node {
  /// The operators that are `AffineLayer`s.
  static let affineOperators: Set<BuiltinOperator> = [
    .conv2D, .depthwiseConv2D, .fullyConnected, .transposeConv,
  ]

  /// The arithmetic operators of two operands that layers can absorb.
  static let arithmeticOperators: Set<BuiltinOperator> = [.add, .sub, .mul, .div]
}

extension GraphRewriter {
  /// Multiplies or divides the weights by `factors`: one for all, or one for each output channel.
  ///
  /// A range recorded for the weights no longer fits them: it is taken from the new data, with the
  /// same number of steps.
  mutating func scaleWeights(
    of layer: AffineLayer, by factors: [Float], dividing: Bool, _ report: inout PassReport
  ) {
    guard let shape = self[layer.weights].shape, !factors.isEmpty else { return }
    let channels = factors.count
    let inner = layer.hasInnermostChannel ? 1 : shape.elementCount / channels
    updateFloats(layer.weights) { values in
      var channel = 0
      for start in stride(from: 0, to: values.count, by: max(inner, 1)) {
        let factor = factors[channel]
        for i in start..<min(start + inner, values.count) {
          values[i] = dividing ? values[i] / factor : values[i] * factor
        }
        channel = channel + 1 == channels ? 0 : channel + 1
      }
    }
    guard let range = self[layer.weights].range, let data = self[layer.weights].constant else {
      return
    }
    self[layer.weights].range = range.recomputed(from: data, shape: shape)
    report.warn(
      self[layer.weights].name,
      "the recorded range no longer fits the weights after folding; it is taken from the data")
  }
}
