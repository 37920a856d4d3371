import OctetCore
import OctetOperators

/// Derivatives that graphs with gradients in them use: `SigmoidGrad`, `TanhGrad`, `ReluGrad`.
enum ImportGradients: ImportRule {
  static let operations = ["ReluGrad", "SigmoidGrad", "TanhGrad"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(2...2)
    let parts = Composition(node, builder, inFloat: true)
    let multiplication = Operation(Mul.self, Mul.Options())
    let subtraction = Operation(Sub.self, Sub.Options())
    switch node.operation {
    case "ReluGrad":
      let gradient = try node.input(0, "gradients")
      let features = try node.input(1, "features")
      let isPositive = try parts.append(
        Operation(Greater.self), "greater", [features, parts.scalar(0, like: features, "zero")],
        type: .bool)
      return [
        try parts.append(
          Operation(SelectV2.self), nil,
          [isPositive, gradient, parts.scalar(0, like: gradient, "zero_1")],
          type: builder.graph[gradient].type)
      ]
    default:
      let y = try node.input(0, "y")
      let gradient = try node.input(1, "dy")
      let one = try parts.scalar(1, like: y, "one")
      if node.operation == "TanhGrad" {
        let square = try parts.append(Operation(Square.self), "square", [y])
        return [
          try parts.append(
            multiplication, nil, [gradient, parts.append(subtraction, "sub", [one, square])])
        ]
      }
      let scaled = try parts.append(multiplication, "mul", [gradient, y])
      return [
        try parts.append(
          multiplication, nil, [scaled, parts.append(subtraction, "sub", [one, y])])
      ]
    }
  }
}
