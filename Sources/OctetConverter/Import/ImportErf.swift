import OctetCore
import OctetOperators

/// `Erf` and `Erfc`, `1 − erf(x)`.
enum ImportErf: ImportRule {
  static let operations = ["Erf", "Erfc"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(1...1)
    let parts = Composition(node, builder, inFloat: true)
    let x = try node.input(0, "x")
    let isComplement = node.operation == "Erfc"
    let value = try parts.append(
      Operation(ErrorFunction.self), isComplement ? "erf" : nil, [x])
    guard isComplement else { return [value] }
    return [
      try parts.append(
        Operation(Sub.self, Sub.Options()), nil, [parts.scalar(1, like: x, "one"), value])
    ]
  }
}
