import OctetCore
import OctetGraphDef
import OctetOperators

/// `Select` and `SelectV2`: the older SELECT where nothing broadcasts, as TOCO writes it.
enum ImportSelect: ImportRule {
  static let operations = ["Select", "SelectV2"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(3...3)
    let shapes = Set(node.inputs.map { builder.graph[$0].shape })
    // The conditions of `Select` are for whole rows where they are fewer; SELECT's are too.
    let broadcasts = node.operation == "SelectV2" && (shapes.count > 1 || shapes.contains(nil))
    return [
      try builder.append(
        broadcasts ? Operation(SelectV2.self) : Operation(Select.self), name: node.name,
        inputs: node.inputs, type: builder.graph[node.inputs[1]].type)
    ]
  }
}
