import OctetCore
import OctetOperators

/// `SoftmaxCrossEntropyWithLogits` and `SparseSoftmaxCrossEntropyWithLogits`: the loss of each row
/// and its derivative by the logits.
///
/// **Shapes**: logits `[batch, classes]`; labels `[batch, classes]`, or `[batch]` class numbers.
/// Logits and dense labels are broadcast to each other.
enum ImportCrossEntropy: ImportRule {
  static let operations = ["SoftmaxCrossEntropyWithLogits", "SparseSoftmaxCrossEntropyWithLogits"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(2...2)
    let parts = Composition(node, builder, inFloat: true)
    let logits = try node.input(0, "features")
    let shape = try parts.shape(of: logits)
    guard shape.rank == 2 else {
      throw OctetError(.invalidShape(shape.dimensions, reason: "logits must be a matrix"))
    }
    var labels = try node.input(1, "labels")
    if node.operation.hasPrefix("Sparse") {
      labels = try distribution(of: labels, classCount: shape[1], like: logits, parts)
    }
    let logProbabilities = try parts.append(Operation(LogSoftmax.self), "log_softmax", [logits])
    let weighted = try parts.append(
      Operation(Mul.self, Mul.Options()), "mul", [labels, logProbabilities])
    let total = try parts.append(
      Operation(Sum.self, ReductionOptions(keepsDimensions: false)), "sum",
      [weighted, parts.vector([1], "axis")])
    let loss = try parts.append(Operation(Neg.self), nil, [total])
    let probabilities = try parts.append(
      Operation(Softmax.self, Softmax.Options(beta: 1)), "softmax", [logits])
    let derivative = try builder.append(
      Operation(Sub.self, Sub.Options()), name: node.outputNames(2)[1],
      inputs: [probabilities, labels], inFloat: true)
    return [loss, derivative]
  }

  /// Ones in the columns of the classes, zeros elsewhere.
  private static func distribution(
    of classes: TensorID, classCount: Int, like logits: TensorID, _ parts: Composition
  ) throws(OctetError) -> TensorID {
    let depth = try parts.vector([classCount], "depth/vector")
    return try parts.append(
      Operation(OneHot.self, OneHot.Options(axis: -1)), "labels",
      [
        parts.asInt32(classes, "classes"), parts.reshaped(depth, to: [], "depth"),
        parts.scalar(1, like: logits, "one"), parts.scalar(0, like: logits, "zero"),
      ], type: parts.builder.graph[logits].type)
  }
}
