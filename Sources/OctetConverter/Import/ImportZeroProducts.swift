import OctetCore
import OctetOperators

/// Products that are zero where one factor is, whatever the other is: `MulNoNan`, `Xdivy`, `Xlogy`,
/// `Xlog1py`.
enum ImportZeroProducts: ImportRule {
  static let operations = ["MulNoNan", "Xdivy", "Xlog1py", "Xlogy"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(2...2)
    let parts = Composition(node, builder, inFloat: true)
    let x = try node.input(0, "x")
    let y = try node.input(1, "y")
    let product: TensorID =
      switch node.operation {
      case "Xdivy": try parts.append(Operation(Div.self, Div.Options()), "div", [x, y])
      case "Xlogy":
        try parts.append(
          multiplication, "mul", [x, parts.append(Operation(Log.self), "log", [y])])
      case "Xlog1py":
        try parts.append(
          multiplication, "mul",
          [
            x, parts.append(Operation(Log.self), "log", [increased(y, parts)]),
          ])
      default: try parts.append(multiplication, "mul", [x, y])
      }
    // The factor that `MulNoNan` is named after is the second one.
    let factor = node.operation == "MulNoNan" ? y : x
    let isZero = try parts.append(
      Operation(Equal.self), "is_zero", [factor, parts.scalar(0, like: factor, "zero")],
      type: .bool)
    return [
      try parts.append(
        Operation(SelectV2.self), nil, [isZero, parts.scalar(0, like: x, "zero_1"), product],
        type: builder.graph[x].type)
    ]
  }

  private static func increased(
    _ y: TensorID, _ parts: Composition
  ) throws(OctetError) -> TensorID {
    try parts.append(
      Operation(Add.self, Add.Options()), "add", [y, parts.scalar(1, like: y, "one")])
  }

  private static let multiplication = Operation(Mul.self, Mul.Options())
}
