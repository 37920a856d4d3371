import OctetCore
import OctetGraphDef
import OctetOperators

/// `ReverseSequence`: the first elements of each sequence in reverse.
enum ImportReverseSequence: ImportRule {
  static let operations = ["ReverseSequence"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(2...2)
    let options = ReverseSequence.Options(
      sequenceAxis: try node.definition.integer("seq_dim"),
      batchAxis: try node.definition.integer("batch_dim", default: 0))
    return [
      try builder.append(
        Operation(ReverseSequence.self, options), name: node.name, inputs: node.inputs)
    ]
  }
}
