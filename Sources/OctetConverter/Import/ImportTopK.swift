import OctetCore
import OctetGraphDef
import OctetOperators

/// `TopK` (k as an attribute), `TopKV2` (k as an input) and `ApproxTopK`, exact too.
enum ImportTopK: ImportRule {
  static let operations = ["ApproxTopK", "TopK", "TopKV2"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    var inputs = node.inputs
    if node.operation != "TopKV2" {
      let count = try node.definition.integer("k")
      inputs.append(
        builder.graph.addConstant(
          node.name + "_k", .int32, .scalar, Bytes(values: [Int32(truncatingIfNeeded: count)])))
    }
    let indexType = try node.definition.elementType("index_type", default: .int32)
    let outputs = try builder.append(
      Operation(TopKV2.self), name: node.name, inputs: inputs, outputs: node.outputNames(2),
      type: indexType)
    // Not inferred while k is unknown.
    builder.graph[outputs[0]].type = builder.graph[inputs[0]].type
    return outputs
  }
}
