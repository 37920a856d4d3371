import OctetCore
import OctetGraphDef
import OctetOperators

/// `Softmax` over the last dimension.
enum ImportSoftmax: ImportRule {
  static let operations = ["Softmax"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(1...1)
    let beta = try node.definition.float("_softmax_beta", default: 1)
    return [
      try builder.append(
        Operation(Softmax.self, Softmax.Options(beta: beta)), name: node.name,
        inputs: node.inputs)
    ]
  }
}
