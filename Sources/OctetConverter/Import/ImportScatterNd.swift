import OctetCore
import OctetOperators

/// `ScatterNd`: slices added to zeros.
enum ImportScatterNd: ImportRule {
  static let operations = ["ScatterNd"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(3...3)
    let parts = Composition(node, builder)
    return [
      try parts.append(
        Operation(ScatterND.self), nil,
        [
          parts.asInt32(node.inputs[0], "indices"), node.inputs[1],
          parts.asInt32(node.inputs[2], "shape"),
        ], type: builder.graph[node.inputs[1]].type)
    ]
  }
}
