import OctetCore
import OctetGraphDef
import OctetOperators

/// `Conv3D` and its gradient as an operator, `Conv3DBackpropInputV2`: the filters stand as in TFLite.
enum ImportConv3D: ImportRule {
  static let operations = ["Conv3D", "Conv3DBackpropInputV2"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    let format = try node.definition.string("data_format", default: "NDHWC")
    guard format == "NDHWC" else {
      throw OctetError(
        .unsupported(what: "data_format \(format)"),
        remedy: "freeze the graph with channels last (NDHWC)")
    }
    let options = Convolution3DOptions(
      padding: try node.padding(), stride: try size("strides", of: node),
      dilation: try size("dilations", of: node))
    if node.operation == "Conv3D" {
      try node.expectInputs(2...2)
      return [
        try builder.append(
          Operation(Conv3D.self, options), name: node.name, inputs: node.inputs)
      ]
    }
    try node.expectInputs(3...3)
    let parts = Composition(node, builder)
    let outputShape = try parts.asInt32(node.input(0, "output shape"), "output_shape")
    return [
      try builder.append(
        Operation(Conv3DTranspose.self, options), name: node.name,
        inputs: [outputShape, node.inputs[1], node.inputs[2]], type: .float32)
    ]
  }

  /// Depth, height and width of an attribute that has one value for each of N, D, H, W and C.
  private static func size(
    _ attribute: String, of node: SourceNode
  ) throws(OctetError) -> Size3D {
    if attribute == "dilations", node.definition.attributes[attribute] == nil { return .one }
    let values = try node.definition.integers(attribute)
    guard values.count == 5, values[0] == 1, values[4] == 1 else {
      throw OctetError(.invalidOption(name: attribute, value: "\(values)"))
    }
    return Size3D(depth: values[1], height: values[2], width: values[3])
  }
}
