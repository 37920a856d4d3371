import OctetCore
import OctetGraphDef
import OctetOperators

/// `ArgMax` and `ArgMin`.
enum ImportArgMinMax: ImportRule {
  static let operations = ["ArgMax", "ArgMin"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(2...2)
    let type = try node.definition.elementType("output_type", default: .int64)
    let options = ArgumentOptions(outputType: type)
    let operation =
      node.operation == "ArgMax"
      ? Operation(ArgMax.self, options) : Operation(ArgMin.self, options)
    return [
      try builder.append(operation, name: node.name, inputs: node.inputs, type: type)
    ]
  }
}
