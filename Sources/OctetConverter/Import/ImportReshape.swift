import OctetCore
import OctetOperators

/// `Reshape`, whose shape TFLite wants as int32.
enum ImportReshape: ImportRule {
  static let operations = ["Reshape"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(2...2)
    let shape = try Composition(node, builder).asInt32(node.input(1, "shape"), "shape")
    return [
      try builder.append(
        Operation(Reshape.self, Reshape.Options()), name: node.name,
        inputs: [node.input(0, "tensor"), shape])
    ]
  }
}
