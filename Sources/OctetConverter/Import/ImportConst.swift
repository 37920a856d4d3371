import OctetCore
import OctetFormat
import OctetGraphDef

/// `Const`: a tensor with data.
enum ImportConst: ImportRule {
  static let operations = ["Const"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    let value = try node.definition.tensor("value")
    let data = value.type == .string ? try PackedStrings(value.strings).bytes : value.bytes
    return [builder.graph.addConstant(node.name, value.type, value.shape, data)]
  }
}
