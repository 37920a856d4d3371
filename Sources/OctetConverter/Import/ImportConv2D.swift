import OctetCore
import OctetGraphDef
import OctetOperators

/// `Conv2D`: filter `[H, W, I, O]` becomes `[O, H, W, I]`.
enum ImportConv2D: ImportRule {
  static let operations = ["Conv2D"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(2...2)
    try node.expectChannelsLast()
    let options = Conv2D.Options(
      padding: try node.padding(), stride: try node.size("strides"),
      dilation: try node.size("dilations", default: .one))
    let filter = try builder.reorderedFilter(
      node.input(1, "filter"), permutation: [3, 0, 1, 2])
    return [
      try builder.append(
        Operation(Conv2D.self, options), name: node.name,
        inputs: [node.input(0, "input"), filter])
    ]
  }
}
