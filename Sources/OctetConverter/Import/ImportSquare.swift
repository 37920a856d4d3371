import OctetCore
import OctetOperators

/// `Square`: SQUARE of real numbers; of others, which that doesn't take, the product with itself.
enum ImportSquare: ImportRule {
  static let operations = ["Square"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(1...1)
    let x = try node.input(0, "x")
    switch builder.graph[x].type {
    case .complex64, .int16, .int32, .int64, .uint32:
      return [
        try builder.append(Operation(Mul.self, Mul.Options()), name: node.name, inputs: [x, x])
      ]
    default: return [try builder.append(Operation(Square.self), name: node.name, inputs: [x])]
    }
  }
}
