import OctetCore
import OctetGraphDef
import OctetOperators

/// `DepthwiseConv2dNative`: filter `[H, W, I, M]` becomes `[1, H, W, I · M]`.
enum ImportDepthwiseConv2D: ImportRule {
  static let operations = ["DepthwiseConv2dNative", "DepthwiseConv2d"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(2...2)
    try node.expectChannelsLast()
    let filter = try node.input(1, "filter")
    guard let shape = builder.graph[filter].shape, shape.rank == 4 else {
      throw OctetError(.invalidShape([], reason: "the filter needs rank 4"))
    }
    let options = DepthwiseConv2D.Options(
      padding: try node.padding(), stride: try node.size("strides"),
      dilation: try node.size("dilations", default: .one), depthMultiplier: shape[3])
    return [
      try builder.append(
        Operation(DepthwiseConv2D.self, options), name: node.name,
        inputs: [node.input(0, "input"), builder.flattenedDepthwiseFilter(filter)])
    ]
  }
}
