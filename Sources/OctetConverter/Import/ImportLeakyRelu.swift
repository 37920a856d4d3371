import OctetCore
import OctetGraphDef
import OctetOperators

/// `LeakyRelu`.
enum ImportLeakyRelu: ImportRule {
  static let operations = ["LeakyRelu"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(1...1)
    let alpha = try node.definition.float("alpha", default: 0.2)
    return [
      try builder.append(
        Operation(LeakyRelu.self, LeakyRelu.Options(alpha: alpha)), name: node.name,
        inputs: node.inputs)
    ]
  }
}
