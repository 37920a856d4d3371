import OctetCore
import OctetGraphDef
import OctetOperators

/// Batch normalization by statistics that are computed when the model runs.
///
/// **Shapes**: x `[…, C]`; scale, offset, mean and variance `[C]`.
/// In training mode mean and variance are those of the batch, and the node gives both, the variance
/// as an estimate for the population: times `n / (n − 1)`.
enum ComputedBatchNorm {
  /// - Returns: y, mean, variance, and the two that the gradient would want.
  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    let parts = Composition(node, builder, inFloat: true)
    let x = try node.input(0, "x")
    let epsilon = try node.definition.float("epsilon", default: 0.0001)
    guard try node.definition.boolean("is_training", default: true) else {
      let (mean, variance) = (try node.input(3, "mean"), try node.input(4, "variance"))
      let y = try normalized(x, mean, variance, epsilon, parts)
      return [y, mean, variance, mean, variance]
    }
    let shape = try parts.shape(of: x)
    let axes = Array(shape.dimensions.indices.dropLast())
    let mean = try average(x, over: axes, "mean", parts)
    let deviation = try parts.append(subtraction, "deviation", [x, mean])
    let variance = try average(
      parts.append(Operation(Square.self), "square", [deviation]), over: axes, "variance", parts)
    let y = try normalized(x, mean, variance, epsilon, parts)
    let count = shape.dimensions.dropLast().reduce(1) { $0.multipliedReportingOverflow(by: $1).0 }
    let correction = Float(count) / Float(max(count - 1, 1))
    let estimate = try parts.append(
      multiplication, "estimate",
      [variance, parts.scalar(correction, like: variance, "correction")])
    return [y, mean, estimate, mean, variance]
  }

  /// `(x − mean) · scale / √(variance + epsilon) + offset`.
  private static func normalized(
    _ x: TensorID, _ mean: TensorID, _ variance: TensorID, _ epsilon: Float, _ parts: Composition
  ) throws(OctetError) -> TensorID {
    let sum = try parts.append(
      addition, "add", [variance, parts.scalar(epsilon, like: variance, "epsilon")])
    let multiplier = try parts.append(
      multiplication, "multiplier",
      [parts.append(Operation(Rsqrt.self), "rsqrt", [sum]), parts.node.input(1, "scale")])
    let addend = try parts.append(
      subtraction, "addend",
      [
        parts.node.input(2, "offset"),
        parts.append(multiplication, "mul", [mean, multiplier]),
      ])
    let scaled = try parts.append(multiplication, "mul_1", [x, multiplier])
    return try parts.append(addition, nil, [scaled, addend])
  }

  private static func average(
    _ x: TensorID, over axes: [Int], _ part: String, _ parts: Composition
  ) throws(OctetError) -> TensorID {
    try parts.append(
      Operation(Mean.self, ReductionOptions(keepsDimensions: false)), part,
      [x, parts.vector(axes, part + "/axes")])
  }

  private static let addition = Operation(Add.self, Add.Options())
  private static let subtraction = Operation(Sub.self, Sub.Options())
  private static let multiplication = Operation(Mul.self, Mul.Options())
}
