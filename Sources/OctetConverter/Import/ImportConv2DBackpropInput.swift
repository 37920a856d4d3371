import OctetCore
import OctetGraphDef
import OctetOperators

/// `Conv2DBackpropInput`, a transposed convolution: filter `[H, W, O, I]` becomes `[O, H, W, I]`.
enum ImportConv2DBackpropInput: ImportRule {
  static let operations = ["Conv2DBackpropInput"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(3...3)
    try node.expectChannelsLast()
    guard try node.size("dilations", default: .one) == .one else {
      throw OctetError(.unsupported(what: "a dilated transposed convolution"))
    }
    let options = TransposeConv.Options(
      padding: try node.padding(), stride: try node.size("strides"))
    let filter = try builder.reorderedFilter(
      node.input(1, "filter"), permutation: [2, 0, 1, 3], suffix: "_transposed")
    return [
      try builder.append(
        Operation(TransposeConv.self, options), name: node.name,
        inputs: [node.input(0, "output shape"), filter, node.input(2, "input")],
        type: .float32)
    ]
  }
}
