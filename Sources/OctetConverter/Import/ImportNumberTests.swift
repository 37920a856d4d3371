import OctetCore
import OctetOperators

/// `IsFinite`, `IsInf` and `IsNan`, by arithmetic that only such numbers pass.
enum ImportNumberTests: ImportRule {
  static let operations = ["IsFinite", "IsInf", "IsNan"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(1...1)
    let parts = Composition(node, builder)
    let x = try node.input(0, "x")
    switch node.operation {
    case "IsFinite":
      let difference = try parts.append(Operation(Sub.self, Sub.Options()), "sub", [x, x])
      return [
        try parts.append(
          Operation(Equal.self), nil, [difference, parts.scalar(0, like: x, "zero")], type: .bool)
      ]
    case "IsInf":
      let magnitude = try parts.append(Operation(Abs.self), "abs", [x])
      return [
        try parts.append(
          Operation(Equal.self), nil, [magnitude, parts.scalar(.infinity, like: x, "infinity")],
          type: .bool)
      ]
    default: return [try parts.append(Operation(NotEqual.self), nil, [x, x], type: .bool)]
    }
  }
}
