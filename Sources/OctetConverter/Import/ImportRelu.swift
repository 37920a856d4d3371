import OctetCore
import OctetOperators

/// `Relu`: RELU of real numbers; of integers, which that doesn't take, the maximum with zero.
enum ImportRelu: ImportRule {
  static let operations = ["Relu"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(1...1)
    let x = try node.input(0, "features")
    switch builder.graph[x].type {
    case .int32, .int64:
      let parts = Composition(node, builder)
      return [
        try parts.append(Operation(Maximum.self), nil, [x, parts.scalar(0, like: x, "zero")])
      ]
    default: return [try builder.append(Operation(Relu.self), name: node.name, inputs: [x])]
    }
  }
}
