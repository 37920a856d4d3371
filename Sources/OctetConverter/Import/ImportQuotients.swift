import OctetCore
import OctetOperators

/// Functions that divide: `Inv`, `Reciprocal`, `Softsign`, `DivNoNan`, `Tan`, `TruncateDiv`.
enum ImportQuotients: ImportRule {
  static let operations = ["DivNoNan", "Inv", "Reciprocal", "Softsign", "Tan", "TruncateDiv"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    let isBinary = node.operation == "DivNoNan" || node.operation == "TruncateDiv"
    try node.expectInputs(isBinary ? 2...2 : 1...1)
    let parts = Composition(node, builder, inFloat: true)
    let x = try node.input(0, "x")
    switch node.operation {
    case "Softsign":
      let magnitude = try parts.append(Operation(Abs.self), "abs", [x])
      let divisor = try parts.append(
        Operation(Add.self, Add.Options()), "add", [magnitude, parts.scalar(1, like: x, "one")])
      return [try parts.append(division, nil, [x, divisor])]
    case "Tan":
      return [
        try parts.append(
          division, nil,
          [
            parts.append(Operation(Sin.self), "sin", [x]),
            parts.append(Operation(Cos.self), "cos", [x]),
          ])
      ]
    case "DivNoNan": return [try quotientOrZero(x, node.input(1, "y"), parts)]
    case "TruncateDiv":
      guard builder.graph[x].type == .int32 else {
        throw OctetError(
          .unsupportedTypes(operator: node.operation, types: [builder.graph[x].type]))
      }
      return [try parts.append(division, nil, node.inputs)]
    default: return [try parts.append(division, nil, [parts.scalar(1, like: x, "one"), x])]
    }
  }

  /// `x / y`, zero where y is.
  private static func quotientOrZero(
    _ x: TensorID, _ y: TensorID, _ parts: Composition
  ) throws(OctetError) -> TensorID {
    let isZero = try parts.append(
      Operation(Equal.self), "is_zero", [y, parts.scalar(0, like: y, "zero")], type: .bool)
    return try parts.append(
      Operation(SelectV2.self), nil,
      [
        isZero, parts.scalar(0, like: x, "zero_1"), parts.append(division, "div", [x, y]),
      ], type: parts.builder.graph[x].type)
  }

  private static let division = Operation(Div.self, Div.Options())
}
