import OctetCore
import OctetGraphDef
import OctetOperators

/// `AddN`: the sum of any number of tensors.
enum ImportAddN: ImportRule {
  static let operations = ["AddN"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    return [try builder.append(Operation(AddN.self), name: node.name, inputs: node.inputs)]
  }
}
