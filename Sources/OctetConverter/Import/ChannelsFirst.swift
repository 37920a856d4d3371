import OctetCore
import OctetGraphDef
import OctetOperators

/// Operations on images stored channels first (NCHW), as graphs that were trained on GPUs have them:
/// the image is transposed, and the result back.
///
/// Transpositions of neighbouring operations cancel out later.
enum ChannelsFirst {
  /// The place of the image among the inputs, by operation.
  private static let imageInputs: [String: Int] = [
    "AvgPool": 0, "BiasAdd": 0, "Conv2D": 0, "Conv2DBackpropInput": 2, "DepthToSpace": 0,
    "DepthwiseConv2dNative": 0, "FusedBatchNorm": 0, "FusedBatchNormV2": 0, "FusedBatchNormV3": 0,
    "MaxPool": 0, "SpaceToDepth": 0,
  ]

  /// What a node gives, with transpositions around it where its images are stored channels first.
  static func apply(
    _ rule: any ImportRule.Type, _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    guard let slot = imageInputs[node.operation],
      case .string(let format)? = node.definition.attributes["data_format"],
      format == Bytes([UInt8]("NCHW".utf8))
    else { return try ExplicitPadding.apply(rule, node, builder) }
    let parts = Composition(node, builder)
    var inputs = node.inputs
    let image = try node.input(slot, "image")
    let rank = builder.graph[image].shape?.rank
    // Without height and width, channels are last in any case.
    if node.operation == "BiasAdd", rank == 2 {
      return try rule.apply(node, builder)
    }
    guard rank == 4 else {
      throw OctetError(
        .unsupported(what: "data_format NCHW of a tensor that is not known to have rank 4"))
    }
    inputs[slot] = try parts.transposed(image, by: [0, 2, 3, 1], "channels_last")
    if node.operation == "Conv2DBackpropInput" {
      inputs[0] = try parts.append(
        Operation(Gather.self, Gather.Options(axis: 0)), "output_shape",
        [inputs[0], parts.vector([0, 2, 3, 1], "channels_last/order")])
    }
    let inner = node.with(
      attributes(of: node.definition), inputs: inputs, scope: node.name + "/")
    var outputs = try ExplicitPadding.apply(rule, inner, builder)
    guard let first = outputs.first else { return outputs }
    outputs[0] = try parts.transposed(first, by: [0, 3, 1, 2], nil)
    return outputs
  }

  /// The attributes for images stored channels last.
  private static func attributes(of node: NodeDefinition) -> [String: AttributeValue] {
    var attributes = node.attributes
    attributes["data_format"] = .string(Bytes([UInt8]("NHWC".utf8)))
    for name in ["strides", "dilations", "ksize", "explicit_paddings"] {
      guard case .list(.integers(let values))? = attributes[name], values.count % 4 == 0 else {
        continue
      }
      // One value for each of N, C, H and W, or two of padding.
      let width = values.count / 4
      let order = [0, 2, 3, 1].flatMap { axis in (0..<width).map { axis * width + $0 } }
      attributes[name] = .list(.integers(order.map { values[$0] }))
    }
    return attributes
  }
}
