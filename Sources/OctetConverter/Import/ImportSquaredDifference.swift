import OctetCore
import OctetOperators

/// `SquaredDifference`; of int64, which TFLite's operator doesn't take, by its parts.
enum ImportSquaredDifference: ImportRule {
  static let operations = ["SquaredDifference"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(2...2)
    let parts = Composition(node, builder)
    guard builder.graph[node.inputs[0]].type == .int64 else {
      return [try parts.append(Operation(SquaredDifference.self), nil, node.inputs)]
    }
    let difference = try parts.append(Operation(Sub.self, Sub.Options()), "sub", node.inputs)
    return [
      try parts.append(Operation(Mul.self, Mul.Options()), nil, [difference, difference])
    ]
  }
}
