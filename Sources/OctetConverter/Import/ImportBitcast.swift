import OctetCore
import OctetGraphDef
import OctetOperators

/// `Bitcast`: the same bits as elements of another type.
enum ImportBitcast: ImportRule {
  static let operations = ["Bitcast"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(1...1)
    return [
      try builder.append(
        Operation(Bitcast.self), name: node.name, inputs: node.inputs,
        type: node.definition.elementType("type"))
    ]
  }
}
