import OctetCore
import OctetGraphDef
import OctetOperators

/// `FusedBatchNorm` in its versions, and `BatchNormWithGlobalNormalization`.
///
/// `y = x · m + (β − μ · m)` with `m = γ / √(σ² + ε)`, as a multiplication and an addition by
/// constants that fold into the layer before. Where one of them isn't a constant, or training takes
/// mean and variance from the batch, see `ComputedBatchNorm`.
///
/// Source: TOCO `ConvertFusedBatchNormOperator` and `ResolveBatchNormalization`: all in float32,
/// in this order.
enum ImportBatchNorm: ImportRule {
  static let operations = [
    "FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3", "BatchNormWithGlobalNormalization",
  ]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(5...5)
    let isFused = node.operation != "BatchNormWithGlobalNormalization"
    if isFused { try expectChannelsLast(node) }
    let isTraining = isFused ? try node.definition.boolean("is_training", default: true) : false
    if isTraining, try takesBatch(node) { return try ComputedBatchNorm.apply(node, builder) }
    if isFused, try !hasConstantStatistics(node, builder) {
      return try ComputedBatchNorm.apply(node, builder)
    }
    let statistics =
      isFused
      ? Statistics(
        gamma: try values(node, builder, 1, "scale"), beta: try values(node, builder, 2, "offset"),
        mean: try values(node, builder, 3, "mean"),
        variance: try values(node, builder, 4, "variance"))
      : Statistics(
        gamma: try node.definition.boolean("scale_after_normalization", default: true)
          ? try values(node, builder, 4, "gamma") : nil,
        beta: try values(node, builder, 3, "beta"), mean: try values(node, builder, 1, "mean"),
        variance: try values(node, builder, 2, "variance"))
    if isTraining {
      builder.report.warn(
        node.name,
        "batch norm was frozen in training mode; its moving averages are used, as at inference")
    }
    let epsilon: Float =
      isFused
      ? try node.definition.float("epsilon", default: 0.0001)
      : try node.definition.float("variance_epsilon", default: 0)
    return try emit(node, builder, statistics.affine(epsilon: epsilon))
  }

  /// Channels are the last axis of 3-D images too.
  private static func expectChannelsLast(_ node: SourceNode) throws(OctetError) {
    guard try node.definition.string("data_format", default: "NHWC") != "NDHWC" else { return }
    try node.expectChannelsLast()
  }

  /// Whether in training the batch alone decides. Only where it changes moving averages by a part
  /// does the node hold averages, which are meant for inference.
  private static func takesBatch(_ node: SourceNode) throws(OctetError) -> Bool {
    try node.definition.float("exponential_avg_factor", default: 1) == 1
  }

  /// Whether all four are constants, and there is a mean for each channel.
  private static func hasConstantStatistics(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> Bool {
    for index in 1...4 {
      guard let values = builder.floats(try node.input(index, "statistics")), !values.isEmpty else {
        return false
      }
    }
    return true
  }

  /// The constants of a normalization; all have one value for each channel.
  private struct Statistics {
    var gamma: [Float]?
    var beta: [Float]
    var mean: [Float]
    var variance: [Float]

    func affine(epsilon: Float) throws(OctetError) -> (multiplier: [Float], addend: [Float]) {
      let count = beta.count
      guard mean.count == count, variance.count == count, gamma == nil || gamma?.count == count
      else {
        throw OctetError(.wrongCount(what: "means", expected: count...count, found: mean.count))
      }
      var multiplier: [Float] = []
      var addend: [Float] = []
      for channel in 0..<count {
        let inverse = 1 / (variance[channel] + epsilon).squareRoot()
        let factor = gamma.map { inverse * $0[channel] } ?? inverse
        multiplier.append(factor)
        addend.append(beta[channel] - mean[channel] * factor)
      }
      return (multiplier, addend)
    }
  }

  private static func values(
    _ node: SourceNode, _ builder: GraphBuilder, _ index: Int, _ role: String
  ) throws(OctetError) -> [Float] {
    let id = try node.input(index, role)
    guard let values = builder.floats(id) else {
      throw OctetError(
        .valueNotConstant(index: index, role: role),
        remedy: "freeze the graph so that '\(builder.graph[id].name)' becomes a constant")
    }
    return values
  }

  private static func emit(
    _ node: SourceNode, _ builder: GraphBuilder,
    _ affine: (multiplier: [Float], addend: [Float])
  ) throws(OctetError) -> [TensorID] {
    let shape = try Shape([affine.multiplier.count])
    let multiplier = builder.graph.addConstant(
      node.name + "_mul_0_param", .float32, shape, Bytes(values: affine.multiplier))
    let addend = builder.graph.addConstant(
      node.name + "_add_param", .float32, shape, Bytes(values: affine.addend))
    let scaled = try builder.append(
      Operation(Mul.self, Mul.Options()), name: node.name + "_mul_0",
      inputs: [node.input(0, "x"), multiplier])
    return [
      try builder.append(
        Operation(Add.self, Add.Options()), name: node.name, inputs: [scaled, addend])
    ]
  }
}
