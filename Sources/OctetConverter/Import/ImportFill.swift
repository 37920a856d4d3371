import OctetCore
import OctetGraphDef
import OctetOperators

/// `Fill` and `Range`: constants from constants.
enum ImportFill: ImportRule {
  static let operations = ["Fill", "Range"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    let isFill = node.operation == "Fill"
    try node.expectInputs(isFill ? 2...2 : 3...3)
    return [
      try builder.append(
        isFill ? Operation(Fill.self) : Operation(NumberRange.self), name: node.name,
        inputs: node.inputs, type: builder.graph[node.input(isFill ? 1 : 0, "value")].type)
    ]
  }
}
