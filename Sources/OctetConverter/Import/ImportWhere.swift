import OctetCore
import OctetGraphDef
import OctetOperators

/// `Where`: the positions of elements that are true.
enum ImportWhere: ImportRule {
  static let operations = ["Where"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(1...1)
    return [
      try builder.append(
        Operation(Where.self), name: node.name, inputs: node.inputs, type: .int64)
    ]
  }
}
