import OctetCore
import OctetOperators

extension Node {
  /// How the outputs' quantization is found.
  var quantizationRule: QuantizationRule {
    if computesInFloat { return .floatOnly }
    return switch operation {
    case .known(let known): known.definition.quantization
    case .opaque(let opaque): opaque.quantization
    }
  }

  /// The roles of inputs where the operator sums up weighted inputs.
  var weightedSum: WeightedSum? { operation.definition?.weightedSum }

  /// The bias, where this operator has one.
  var bias: TensorID? { operand(weightedSum?.bias) }

  /// Whether the node reads and writes float32 in a quantized graph.
  var staysFloat: Bool { quantizationRule == .floatOnly }

  /// Whether the node's outputs are float32 in a quantized graph.
  var hasFloatOutputs: Bool {
    switch quantizationRule {
    case .floatOnly, .floatOutputs: true
    default: self.is(Dequantize.self)
    }
  }

  /// Input `slot`, where the node has it.
  func operand(_ slot: Int?) -> TensorID? {
    guard let slot, inputs.indices.contains(slot) else { return nil }
    return inputs[slot]
  }
}

extension Graph {
  /// Whether a tensor holds real values.
  func isReal(_ id: TensorID) -> Bool { self[id].type == .float32 }

  /// A node's real-valued inputs, in order; biases are left out, as their quantization follows from
  /// other inputs.
  func realOperands(of node: Node) -> [TensorID] {
    var list: [TensorID] = []
    for (slot, input) in node.inputs.enumerated() where slot != node.weightedSum?.bias {
      if let input, isReal(input) { list.append(input) }
    }
    return list
  }

  /// A node's real-valued outputs.
  func realOutputs(of node: Node) -> [TensorID] { node.outputs.filter(isReal) }

  /// The integer type that real values are quantized to: int8 where a constant has a range for each
  /// channel, which uint8 kernels don't know; else uint8.
  var quantizedType: ElementType {
    for node in nodes {
      for case let input? in node.inputs where self[input].range?.axis != nil { return .int8 }
    }
    return .uint8
  }
}
