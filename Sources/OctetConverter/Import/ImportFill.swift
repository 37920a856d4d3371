import OctetCore
import OctetGraphDef
import OctetOperators

/// `Fill`, `Empty` (zeros: TensorFlow leaves the values open) and `Range`: constants from constants.
enum ImportFill: ImportRule {
  static let operations = ["Empty", "Fill", "Range"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    if node.operation == "Empty" { return [try zeros(node, builder)] }
    let isFill = node.operation == "Fill"
    try node.expectInputs(isFill ? 2...2 : 3...3)
    return [
      try builder.append(
        isFill ? Operation(Fill.self) : Operation(NumberRange.self), name: node.name,
        inputs: node.inputs, type: builder.graph[node.input(isFill ? 1 : 0, "value")].type)
    ]
  }

  private static func zeros(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> TensorID {
    let type = try node.definition.elementType("dtype")
    guard let width = type.byteCount(elements: 1) else {
      throw OctetError(.unsupportedTypes(operator: node.operation, types: [type]))
    }
    let zero = builder.graph.addConstant(
      node.name + "/zero", type, .scalar, Bytes([UInt8](repeating: 0, count: width)))
    return try builder.append(
      Operation(Fill.self), name: node.name, inputs: [node.input(0, "shape"), zero], type: type)
  }
}
