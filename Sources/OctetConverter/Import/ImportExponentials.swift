import OctetCore
import OctetOperators

/// Functions made of exponentials and logarithms that TFLite has no operators for.
enum ImportExponentials: ImportRule {
  static let operations = ["Cosh", "Expm1", "Log1p", "Selu", "Sinh", "Softplus"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(1...1)
    let parts = Composition(node, builder, inFloat: true)
    let x = try node.input(0, "x")
    switch node.operation {
    case "Expm1":
      return [
        try parts.append(
          subtraction, nil, [parts.append(exp, "exp", [x]), parts.scalar(1, like: x, "one")])
      ]
    case "Log1p":
      return [
        try parts.append(
          Operation(Log.self), nil,
          [
            parts.append(addition, "add", [x, parts.scalar(1, like: x, "one")])
          ])
      ]
    case "Selu": return [try selu(x, parts)]
    case "Softplus": return [try softplus(x, parts)]
    default:
      let grown = try parts.append(exp, "exp", [x])
      let decayed = try parts.append(exp, "exp_neg", [parts.append(negation, "neg", [x])])
      let total = try parts.append(
        node.operation == "Cosh" ? addition : subtraction, "sum", [grown, decayed])
      return [
        try parts.append(multiplication, nil, [total, parts.scalar(0.5, like: x, "half")])
      ]
    }
  }

  /// `log(1 + exp(−|x|)) + max(x, 0)`: large x neither overflow nor lose digits.
  private static func softplus(
    _ x: TensorID, _ parts: Composition
  ) throws(OctetError) -> TensorID {
    let magnitude = try parts.append(Operation(Abs.self), "abs", [x])
    let decay = try parts.append(exp, "exp", [parts.append(negation, "neg", [magnitude])])
    let sum = try parts.append(addition, "add", [decay, parts.scalar(1, like: x, "one")])
    return try parts.append(
      addition, nil,
      [
        parts.append(Operation(Log.self), "log", [sum]),
        parts.append(Operation(Relu.self), "relu", [x]),
      ])
  }

  /// `scale · (max(x, 0) + alpha · min(elu(x), 0))`.
  ///
  /// **Source**: G. Klambauer et al., Self-Normalizing Neural Networks, 2017.
  private static func selu(_ x: TensorID, _ parts: Composition) throws(OctetError) -> TensorID {
    let negative = try parts.append(
      Operation(Minimum.self), "min",
      [parts.append(Operation(Elu.self), "elu", [x]), parts.scalar(0, like: x, "zero")])
    let scaled = try parts.append(
      multiplication, "mul",
      [negative, parts.scalar(seluScaleAlpha, like: x, "scale_alpha")])
    let positive = try parts.append(
      multiplication, "mul_1",
      [parts.append(Operation(Relu.self), "relu", [x]), parts.scalar(seluScale, like: x, "scale")])
    return try parts.append(addition, nil, [positive, scaled])
  }

  /// Of positive values.
  static let seluScale: Float = 1.050_701
  /// Of the exponential that negative values become.
  static let seluScaleAlpha: Float = 1.673_263_2 * seluScale

  private static let exp = Operation(Exp.self)
  private static let negation = Operation(Neg.self)
  private static let addition = Operation(Add.self, Add.Options())
  private static let subtraction = Operation(Sub.self, Sub.Options())
  private static let multiplication = Operation(Mul.self, Mul.Options())
}
