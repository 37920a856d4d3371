import OctetCore
import OctetGraphDef
import OctetOperators

/// `LRN`, local response normalization.
enum ImportLRN: ImportRule {
  static let operations = ["LRN"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(1...1)
    let options = LocalResponseNormalization.Options(
      radius: try node.definition.integer("depth_radius", default: 5),
      bias: try node.definition.float("bias", default: 1),
      alpha: try node.definition.float("alpha", default: 1),
      beta: try node.definition.float("beta", default: 0.5))
    return [
      try builder.append(
        Operation(LocalResponseNormalization.self, options), name: node.name,
        inputs: node.inputs)
    ]
  }
}
