import OctetCore
import OctetGraphDef
import OctetOperators

/// Derivatives of elementwise functions, which graphs with gradients in them use: from what a
/// function gave (`y`, `outputs`) or read (`features`) and the derivative by its result.
enum ImportGradients: ImportRule {
  static let operations = [
    "EluGrad", "InvGrad", "LeakyReluGrad", "ReciprocalGrad", "Relu6Grad", "ReluGrad", "RsqrtGrad",
    "SeluGrad", "SigmoidGrad", "SoftplusGrad", "SoftsignGrad", "SqrtGrad", "TanhGrad",
  ]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(2...2)
    let parts = Composition(node, builder, inFloat: true)
    switch node.operation {
    case "EluGrad", "LeakyReluGrad", "Relu6Grad", "ReluGrad", "SeluGrad":
      return [try piecewise(node.input(0, "gradients"), node.input(1, "features"), parts)]
    case "SoftplusGrad", "SoftsignGrad":
      return [try quotient(node.input(0, "gradients"), node.input(1, "features"), parts)]
    default: return [try product(node.input(0, "y"), node.input(1, "dy"), parts)]
    }
  }

  /// Derivatives of functions that are one thing above zero and another below.
  private static func piecewise(
    _ gradient: TensorID, _ features: TensorID, _ parts: Composition
  ) throws(OctetError) -> TensorID {
    let zero = try parts.scalar(0, like: features, "zero")
    let isPositive = try parts.append(
      Operation(Greater.self), "greater", [features, zero], type: .bool)
    var condition = isPositive
    var above = gradient
    let below: TensorID
    switch parts.node.operation {
    case "EluGrad":
      let slope = try parts.append(
        addition, "slope", [features, parts.scalar(1, like: features, "one")])
      below = try parts.append(multiplication, "below", [gradient, slope])
    case "SeluGrad":
      let slope = try parts.append(
        addition, "slope",
        [features, parts.scalar(ImportExponentials.seluScaleAlpha, like: features, "scale_alpha")])
      below = try parts.append(multiplication, "below", [gradient, slope])
      above = try parts.append(
        multiplication, "above",
        [gradient, parts.scalar(ImportExponentials.seluScale, like: features, "scale")])
    case "LeakyReluGrad":
      let alpha = try parts.node.definition.float("alpha", default: 0.2)
      below = try parts.append(
        multiplication, "below", [gradient, parts.scalar(alpha, like: features, "alpha")])
    case "Relu6Grad":
      below = try parts.scalar(0, like: gradient, "zero_1")
      condition = try parts.append(
        Operation(LogicalAnd.self), "inside",
        [
          isPositive,
          parts.append(
            Operation(Less.self), "less", [features, parts.scalar(6, like: features, "six")],
            type: .bool),
        ], type: .bool)
    default: below = try parts.scalar(0, like: gradient, "zero_1")
    }
    return try parts.append(
      Operation(SelectV2.self), nil, [condition, above, below],
      type: parts.builder.graph[gradient].type)
  }

  /// `dy / (1 + exp(−x))` of softplus, `dy / (1 + |x|)²` of softsign.
  private static func quotient(
    _ gradient: TensorID, _ features: TensorID, _ parts: Composition
  ) throws(OctetError) -> TensorID {
    if parts.node.operation == "SoftplusGrad" {
      return try parts.append(
        multiplication, nil,
        [gradient, parts.append(Operation(Logistic.self), "logistic", [features])])
    }
    let root = try parts.append(
      addition, "add",
      [
        parts.append(Operation(Abs.self), "abs", [features]),
        parts.scalar(1, like: features, "one"),
      ])
    return try parts.append(
      Operation(Div.self, Div.Options()), nil,
      [gradient, parts.append(Operation(Square.self), "square", [root])])
  }

  /// Derivatives that are a product of `dy` and a function of `y`.
  private static func product(
    _ y: TensorID, _ gradient: TensorID, _ parts: Composition
  ) throws(OctetError) -> TensorID {
    let slope: TensorID
    switch parts.node.operation {
    case "SqrtGrad":
      slope = try parts.append(
        Operation(Div.self, Div.Options()), "slope", [parts.scalar(0.5, like: y, "half"), y])
    case "RsqrtGrad":
      let cube = try parts.append(
        multiplication, "cube", [parts.append(Operation(Square.self), "square", [y]), y])
      slope = try parts.append(
        multiplication, "slope", [cube, parts.scalar(-0.5, like: y, "half")])
    case "InvGrad", "ReciprocalGrad":
      slope = try parts.append(
        Operation(Neg.self), "slope", [parts.append(Operation(Square.self), "square", [y])])
    case "TanhGrad":
      slope = try parts.append(
        subtraction, "slope",
        [
          parts.scalar(1, like: y, "one"), parts.append(Operation(Square.self), "square", [y]),
        ])
    default:
      slope = try parts.append(
        multiplication, "slope",
        [y, parts.append(subtraction, "sub", [parts.scalar(1, like: y, "one"), y])])
    }
    return try parts.append(multiplication, nil, [gradient, slope])
  }

  private static let addition = Operation(Add.self, Add.Options())
  private static let subtraction = Operation(Sub.self, Sub.Options())
  private static let multiplication = Operation(Mul.self, Mul.Options())
}
