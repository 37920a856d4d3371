import OctetCore
import OctetGraphDef
import OctetOperators

/// `Gather` (axis 0) and `GatherV2` (axis as an input).
enum ImportGather: ImportRule {
  static let operations = ["Gather", "GatherV2"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(2...3)
    let axis =
      node.inputs.count == 3 ? try builder.integer(node.inputs[2], input: 2, "axis") : 0
    let options = Gather.Options(
      axis: axis, batchDimensions: try node.definition.integer("batch_dims", default: 0))
    return [
      try builder.append(
        Operation(Gather.self, options), name: node.name,
        inputs: [node.inputs[0], node.inputs[1]])
    ]
  }
}
