import OctetCore
import OctetGraphDef

/// `Const`: a tensor with data.
enum ImportConst: ImportRule {
  static let operations = ["Const"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    let value = try node.definition.tensor("value")
    return [builder.graph.addConstant(node.name, value.type, value.shape, value.bytes)]
  }
}
