import OctetCore
import OctetGraphDef
import OctetOperators

/// `Einsum` of one or two operands, as sums, transpositions and a product of matrices.
///
/// Axes fall into four groups: *batch* axes are in both operands and in the result, *summed* ones
/// in both operands only, *left* and *right* ones in one operand and the result. An axis of one
/// operand alone is summed up first.
enum ImportEinsum: ImportRule {
  static let operations = ["Einsum"]

  private typealias Label = EinsumEquation.Label

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(1...2)
    let parts = Composition(node, builder)
    var shapes: [Shape] = []
    for input in node.inputs {
      guard builder.graph[input].type == .float32 else {
        throw OctetError(
          .unsupportedTypes(operator: node.operation, types: [builder.graph[input].type]))
      }
      shapes.append(try parts.shape(of: input))
    }
    let equation = try EinsumEquation(node.definition.string("equation"), shapes: shapes)
    var operands: [Operand] = []
    for (index, tensor) in node.inputs.enumerated() {
      let others = Set(
        equation.result
          + equation.operands.indices.flatMap {
            $0 == index ? [] : equation.operands[$0]
          })
      let operand = Operand(
        tensor: tensor, labels: equation.operands[index], extents: shapes[index].dimensions)
      operands.append(try operand.summed(keeping: others, parts, "sum_\(index)"))
    }
    guard operands.count == 2 else {
      let permutation = equation.result.compactMap { operands[0].labels.firstIndex(of: $0) }
      return [try parts.transposed(operands[0].tensor, by: permutation, nil)]
    }
    return [try Product(equation, operands[0], operands[1]).append(parts)]
  }

  /// A tensor with the names of its axes.
  private struct Operand {
    var tensor: TensorID
    var labels: [Label]
    var extents: [Int]

    /// Sums up the axes that nothing else names.
    func summed(
      keeping others: Set<Label>, _ parts: Composition, _ part: String
    ) throws(OctetError) -> Operand {
      let axes = labels.indices.filter { !others.contains(labels[$0]) }
      guard !axes.isEmpty else { return self }
      let kept = labels.indices.filter { others.contains(labels[$0]) }
      return Operand(
        tensor: try parts.append(
          Operation(Sum.self, ReductionOptions(keepsDimensions: false)), part,
          [tensor, parts.vector(axes, part + "/axes")]),
        labels: kept.map { labels[$0] }, extents: kept.map { extents[$0] })
    }

    /// The extents of axes, 1 for those that the operand lacks.
    func extents(of wanted: [Label]) -> [Int] {
      wanted.map { label in labels.firstIndex(of: label).map { extents[$0] } ?? 1 }
    }

    /// The tensor with its axes in the order of `groups`, each of which becomes one axis.
    func arranged(
      _ groups: [[Label]], _ parts: Composition, _ part: String
    ) throws(OctetError) -> TensorID {
      let permutation = groups.flatMap { $0 }.compactMap { labels.firstIndex(of: $0) }
      let ordered = try parts.transposed(tensor, by: permutation, part + "/transpose")
      var dimensions: [Int] = []
      for group in groups { dimensions.append(try Shape(extents(of: group)).elementCount) }
      return try parts.reshaped(ordered, to: dimensions, part)
    }
  }

  /// The product of two operands as one of matrices.
  private struct Product {
    var equation: EinsumEquation
    var left: Operand
    var right: Operand
    /// One group for each axis that is broadcast; else one of all.
    var batch: [[Label]]
    var leftAxes: [Label]
    var rightAxes: [Label]
    var summedAxes: [Label]

    init(_ equation: EinsumEquation, _ left: Operand, _ right: Operand) {
      self.equation = equation
      self.left = left
      self.right = right
      let result = Set(equation.result)
      var batchAxes: [Label] = []
      var leftAxes: [Label] = []
      var rightAxes: [Label] = []
      for label in equation.result {
        switch (left.labels.contains(label), right.labels.contains(label), label) {
        case (true, true, _), (_, _, .broadcast): batchAxes.append(label)
        case (true, false, _): leftAxes.append(label)
        default: rightAxes.append(label)
        }
      }
      self.leftAxes = leftAxes
      self.rightAxes = rightAxes
      summedAxes = left.labels.filter { !result.contains($0) }
      let isBroadcast = left.extents(of: batchAxes) != right.extents(of: batchAxes)
      batch = isBroadcast ? batchAxes.map { [$0] } : batchAxes.isEmpty ? [] : [batchAxes]
    }

    func append(_ parts: Composition) throws(OctetError) -> TensorID {
      let order = batch.flatMap { $0 } + leftAxes + rightAxes
      let permutation = equation.result.compactMap { order.firstIndex(of: $0) }
      let isOrdered = permutation == Array(permutation.indices)
      let shape = equation.shape(order)
      var matrixShape: [Int] = []
      for group in batch + [leftAxes, rightAxes] {
        matrixShape.append(try Shape(equation.shape(group)).elementCount)
      }
      let isLast = isOrdered && matrixShape == shape
      let product = try matrixProduct(parts, isLast ? nil : "product")
      if isLast { return product }
      let reshaped = try parts.reshaped(product, to: shape, isOrdered ? nil : "reshaped")
      return isOrdered ? reshaped : try parts.transposed(reshaped, by: permutation, nil)
    }

    /// A fully-connected layer where there is one product: it has kernels for more types.
    private func matrixProduct(
      _ parts: Composition, _ part: String?
    ) throws(OctetError) -> TensorID {
      let rows = try left.arranged(batch + [leftAxes, summedAxes], parts, "left")
      guard batch.isEmpty else {
        let columns = try right.arranged(batch + [summedAxes, rightAxes], parts, "right")
        return try parts.append(
          Operation(BatchMatMul.self, BatchMatMul.Options()), part, [rows, columns])
      }
      let columns = try right.arranged([rightAxes, summedAxes], parts, "right")
      return try parts.append(
        Operation(FullyConnected.self, FullyConnected.Options()), part, [rows, columns])
    }
  }
}
