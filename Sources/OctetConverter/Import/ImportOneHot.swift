import OctetCore
import OctetGraphDef
import OctetOperators

/// `OneHot`.
enum ImportOneHot: ImportRule {
  static let operations = ["OneHot"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(4...4)
    let axis = try node.definition.integer("axis", default: -1)
    return [
      try builder.append(
        Operation(OneHot.self, OneHot.Options(axis: axis)), name: node.name,
        inputs: node.inputs, type: builder.graph[node.inputs[2]].type)
    ]
  }
}
