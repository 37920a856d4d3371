import OctetCore
import OctetOperators

/// `L2Loss`: half the sum of the squares.
enum ImportL2Loss: ImportRule {
  static let operations = ["L2Loss"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(1...1)
    let parts = Composition(node, builder, inFloat: true)
    let x = try node.input(0, "t")
    let axes = Array(try parts.shape(of: x).dimensions.indices)
    let total = try parts.append(
      Operation(Sum.self, ReductionOptions(keepsDimensions: false)), "sum",
      [parts.append(Operation(Square.self), "square", [x]), parts.vector(axes, "axes")])
    return [
      try parts.append(
        Operation(Mul.self, Mul.Options()), nil, [total, parts.scalar(0.5, like: x, "half")])
    ]
  }
}
