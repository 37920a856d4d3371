import OctetCore
import OctetOperators

/// `MatrixDiag`, `MatrixSetDiag` and `MatrixDiagPart` in all versions, for the main diagonal.
///
/// Later versions know other diagonals, several at once and padding; TFLite doesn't.
enum ImportMatrixDiagonals: ImportRule {
  static let operations = [
    "MatrixDiag", "MatrixDiagV2", "MatrixDiagV3", "MatrixSetDiag", "MatrixSetDiagV2",
    "MatrixSetDiagV3", "MatrixDiagPart", "MatrixDiagPartV2", "MatrixDiagPartV3",
  ]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    let isFirst = !node.operation.hasSuffix("V2") && !node.operation.hasSuffix("V3")
    if node.operation.hasPrefix("MatrixSetDiag") {
      try node.expectInputs(isFirst ? 2...2 : 3...3)
      if !isFirst { try expectMainDiagonal(node, builder, input: 2) }
      return [
        try builder.append(
          Operation(MatrixSetDiag.self), name: node.name, inputs: Array(node.inputs.prefix(2)))
      ]
    }
    if node.operation.hasPrefix("MatrixDiagPart") {
      try node.expectInputs(isFirst ? 1...1 : 3...3)
      if !isFirst { try expectMainDiagonal(node, builder, input: 1) }
      return [try diagonal(of: node.input(0, "input"), Composition(node, builder))]
    }
    try node.expectInputs(isFirst ? 1...1 : 5...5)
    if !isFirst {
      try expectMainDiagonal(node, builder, input: 1)
      try expectSquare(node, builder)
    }
    return [
      try builder.append(
        Operation(MatrixDiag.self), name: node.name, inputs: [node.inputs[0]])
    ]
  }

  private static func expectMainDiagonal(
    _ node: SourceNode, _ builder: GraphBuilder, input index: Int
  ) throws(OctetError) {
    let diagonals = try builder.integers(node.inputs[index], input: index, "k")
    guard diagonals.allSatisfy({ $0 == 0 }) else {
      throw OctetError(.unsupported(what: "a diagonal other than the main one, \(diagonals)"))
    }
  }

  /// Checks that rows and columns are left to the diagonal's length, and the rest is zero.
  private static func expectSquare(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) {
    let extent = builder.graph[node.inputs[0]].shape?.dimensions.last
    for (index, role) in [(2, "num_rows"), (3, "num_cols")] {
      let count = try builder.integer(node.inputs[index], input: index, role)
      guard count == -1 || count == extent else {
        throw OctetError(
          .unsupported(what: "a diagonal of \(extent ?? 0) elements in \(count) rows or columns"))
      }
    }
    guard let padding = builder.graph[node.inputs[4]].constant else {
      throw OctetError(.valueNotConstant(index: 4, role: "padding_value"))
    }
    guard padding.array.allSatisfy({ $0 == 0 }) else {
      throw OctetError(.unsupported(what: "elements other than zero off the diagonal"))
    }
  }

  /// Every `columns + 1`-th element of each matrix.
  private static func diagonal(
    of matrices: TensorID, _ parts: Composition
  ) throws(OctetError) -> TensorID {
    let shape = try parts.shape(of: matrices)
    guard shape.rank >= 2 else {
      throw OctetError(.invalidShape(shape.dimensions, reason: "matrices must have rank 2 or more"))
    }
    let rows = shape[shape.rank - 2]
    let columns = shape[shape.rank - 1]
    let outer = Array(shape.dimensions.dropLast(2))
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard !overflow else { throw OctetError(.invalidShape(shape.dimensions, reason: "too large")) }
    try parts.expectMakeable(elementCount: min(rows, columns))
    let flat = try parts.reshaped(matrices, to: outer + [count], "flat")
    let positions = (0..<min(rows, columns)).map { $0 * columns + $0 }
    return try parts.append(
      Operation(Gather.self, Gather.Options(axis: outer.count)), nil,
      [flat, parts.vector(positions, "positions")])
  }
}
