import OctetCore
import OctetOperators

/// `InvertPermutation`: where each number stands in a permutation of 0, 1, 2, …
enum ImportPermutations: ImportRule {
  static let operations = ["InvertPermutation"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(1...1)
    let parts = Composition(node, builder)
    let permutation = try node.input(0, "x")
    let type = builder.graph[permutation].type
    let shape = try parts.shape(of: permutation)
    guard shape.rank == 1 else {
      throw OctetError(.invalidShape(shape.dimensions, reason: "a permutation must be a vector"))
    }
    let count = shape[0]
    try parts.expectMakeable(elementCount: count)
    let positions: Bytes =
      switch type {
      case .int32: Bytes(values: (0..<count).map { Int32(truncatingIfNeeded: $0) })
      case .int64: Bytes(values: (0..<count).map(Int64.init))
      default: throw OctetError(.unsupportedTypes(operator: node.operation, types: [type]))
      }
    let indices = try parts.reshaped(
      parts.asInt32(permutation, "indices"), to: [count, 1], "indices/column")
    let values = builder.graph.addConstant(parts.name("positions"), type, shape, positions)
    return [
      try parts.append(
        Operation(ScatterND.self), nil, [indices, values, parts.vector([count], "shape")],
        type: type)
    ]
  }
}
