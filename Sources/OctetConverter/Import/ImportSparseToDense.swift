import OctetCore
import OctetGraphDef
import OctetOperators

/// `SparseToDense`: values at given places among a default.
enum ImportSparseToDense: ImportRule {
  static let operations = ["SparseToDense"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(4...4)
    let options = SparseToDense.Options(
      validatesIndices: try node.definition.boolean("validate_indices", default: true))
    return [
      try builder.append(
        Operation(SparseToDense.self, options), name: node.name, inputs: node.inputs,
        type: builder.graph[node.inputs[2]].type)
    ]
  }
}
