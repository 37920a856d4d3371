import OctetCore
import OctetGraphDef
import OctetOperators

/// Convolutions that state how much they pad on each side: PAD before one without padding.
enum ExplicitPadding {
  /// What a node gives, with PAD before it where its padding is explicit.
  static func apply(
    _ rule: any ImportRule.Type, _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    guard ["Conv2D", "DepthwiseConv2dNative"].contains(node.operation),
      case .string(let padding)? = node.definition.attributes["padding"],
      padding == Bytes([UInt8]("EXPLICIT".utf8))
    else { return try rule.apply(node, builder) }
    let parts = Composition(node, builder)
    let amounts = try node.definition.integers("explicit_paddings")
    guard amounts.count == 8, amounts.allSatisfy({ $0 >= 0 }) else {
      throw OctetError(.invalidOption(name: "explicit_paddings", value: "\(amounts)"))
    }
    let flat = try parts.vector(amounts, "paddings/flat")
    var inputs = node.inputs
    inputs[0] = try parts.append(
      Operation(Pad.self), "pad",
      [node.input(0, "input"), parts.reshaped(flat, to: [4, 2], "paddings")])
    var attributes = node.definition.attributes
    attributes["padding"] = .string(Bytes([UInt8]("VALID".utf8)))
    return try rule.apply(node.with(attributes, inputs: inputs), builder)
  }
}
