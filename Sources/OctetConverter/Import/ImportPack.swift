import OctetCore
import OctetGraphDef
import OctetOperators

/// `Pack`: stacks tensors along a new axis.
enum ImportPack: ImportRule {
  static let operations = ["Pack"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    let options = Pack.Options(
      inputCount: node.inputs.count, axis: try node.definition.integer("axis", default: 0))
    return [
      try builder.append(Operation(Pack.self, options), name: node.name, inputs: node.inputs)
    ]
  }
}
