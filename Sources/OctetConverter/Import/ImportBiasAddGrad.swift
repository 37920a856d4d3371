import OctetCore
import OctetGraphDef
import OctetOperators

/// `BiasAddGrad`: the sum over all axes but the channels.
enum ImportBiasAddGrad: ImportRule {
  static let operations = ["BiasAddGrad"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(1...1)
    let parts = Composition(node, builder)
    let gradient = try node.input(0, "out_backprop")
    let rank = try parts.shape(of: gradient).rank
    guard rank >= 2 else {
      throw OctetError(.invalidShape([], reason: "a bias is added to rank 2 or more"))
    }
    let isChannelsFirst = try node.definition.string("data_format", default: "NHWC") == "NCHW"
    let channels = isChannelsFirst ? 1 : rank - 1
    let axes = (0..<rank).filter { $0 != channels }
    return [
      try parts.append(
        Operation(Sum.self, ReductionOptions(keepsDimensions: false)), nil,
        [gradient, parts.vector(axes, "axes")])
    ]
  }
}
