import OctetCore
import OctetGraphDef
import OctetOperators

/// `Bucketize`: the number of boundaries that are not above each element.
enum ImportBucketize: ImportRule {
  static let operations = ["Bucketize"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(1...1)
    let options = Bucketize.Options(boundaries: try node.definition.floats("boundaries"))
    return [
      try builder.append(
        Operation(Bucketize.self, options), name: node.name, inputs: node.inputs, type: .int32)
    ]
  }
}
