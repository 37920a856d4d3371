import OctetCore
import OctetOperators

/// `OnesLike`: ones in the shape of the input, a constant where that is known.
enum ImportOnesLike: ImportRule {
  static let operations = ["OnesLike"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(1...1)
    let parts = Composition(node, builder)
    let x = try node.input(0, "x")
    let shape: TensorID
    if let known = builder.graph[x].shape {
      shape = try parts.vector(known.dimensions, "shape")
    } else {
      shape = try parts.append(
        Operation(ShapeOf.self, ShapeOf.Options(outputType: .int32)), "shape", [x], type: .int32)
    }
    return [
      try parts.append(
        Operation(Fill.self), nil, [shape, parts.scalar(1, like: x, "one")],
        type: builder.graph[x].type)
    ]
  }
}
