import OctetCore
import OctetGraphDef
import OctetOperators

/// `Unique`: the values that occur, and which of them each element is.
enum ImportUnique: ImportRule {
  static let operations = ["Unique"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(1...1)
    let indexType = try node.definition.elementType("out_idx", default: .int32)
    let outputs = try builder.append(
      Operation(Unique.self, Unique.Options(indexType: indexType)), name: node.name,
      inputs: node.inputs, outputs: node.outputNames(2))
    builder.graph[outputs[1]].type = indexType
    return outputs
  }
}
