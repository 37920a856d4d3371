import OctetCore
import OctetGraphDef
import OctetOperators

/// `RandomStandardNormal`, `RandomUniform` and `Multinomial`, with the seeds of the graph.
enum ImportRandom: ImportRule {
  static let operations = ["Multinomial", "RandomStandardNormal", "RandomUniform"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    let parts = Composition(node, builder)
    let options = RandomOptions(
      seed: Int64(try node.definition.integer("seed", default: 0)),
      seed2: Int64(try node.definition.integer("seed2", default: 0)))
    if node.operation == "Multinomial" {
      try node.expectInputs(2...2)
      return [
        try parts.append(
          Operation(Multinomial.self, options), nil, node.inputs,
          type: node.definition.elementType("output_dtype", default: .int64))
      ]
    }
    try node.expectInputs(1...1)
    let type = try node.definition.elementType("dtype")
    guard type == .float32 else {
      throw OctetError(.unsupportedTypes(operator: node.operation, types: [type]))
    }
    return [
      try parts.append(
        node.operation == "RandomUniform"
          ? Operation(RandomUniform.self, options)
          : Operation(RandomStandardNormal.self, options),
        nil, [parts.asInt32(node.input(0, "shape"), "shape")], type: .float32)
    ]
  }
}
