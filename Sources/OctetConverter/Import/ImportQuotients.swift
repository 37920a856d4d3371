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
      switch builder.graph[x].type {
      case .int32: return [try parts.append(division, nil, node.inputs)]
      case .float32:
        return [
          try truncated(parts.append(division, "div", [x, node.input(1, "y")]), parts)
        ]
      case let type:
        throw OctetError(.unsupportedTypes(operator: node.operation, types: [type]))
      }
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

  /// `x` without its fraction.
  private static func truncated(
    _ x: TensorID, _ parts: Composition
  ) throws(OctetError) -> TensorID {
    let isNegative = try parts.append(
      Operation(Less.self), "is_negative", [x, parts.scalar(0, like: x, "zero")], type: .bool)
    return try parts.append(
      Operation(SelectV2.self), nil,
      [
        isNegative, parts.append(Operation(Ceil.self), "ceil", [x]),
        parts.append(Operation(Floor.self), "floor", [x]),
      ], type: parts.builder.graph[x].type)
  }

  private static let division = Operation(Div.self, Div.Options())
}
