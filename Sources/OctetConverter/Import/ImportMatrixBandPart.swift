import OctetCore
import OctetOperators

/// `MatrixBandPart`: zeros outside a band around the main diagonal.
///
/// An element stays where `row − column ≤ num_lower` and `column − row ≤ num_upper`; a negative
/// bound is none.
enum ImportMatrixBandPart: ImportRule {
  static let operations = ["BatchMatrixBandPart", "MatrixBandPart"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(3...3)
    let parts = Composition(node, builder)
    let input = try node.input(0, "input")
    let shape = try parts.shape(of: input)
    guard shape.rank >= 2 else {
      throw OctetError(.invalidShape(shape.dimensions, reason: "matrices must have rank 2 or more"))
    }
    let matrix = try Shape(Array(shape.dimensions.suffix(2)))
    try parts.expectMakeable(elementCount: matrix.elementCount)
    let lower = try bound(node.inputs[1], on: matrix, isLower: true, parts)
    let upper = try bound(node.inputs[2], on: matrix, isLower: false, parts)
    let band = try parts.append(Operation(LogicalAnd.self), "band", [lower, upper], type: .bool)
    guard builder.graph[input].type != .bool else {
      return [try parts.append(Operation(LogicalAnd.self), nil, [band, input], type: .bool)]
    }
    let zero = try parts.append(Operation(ZerosLike.self), "zeros", [input])
    return [
      try parts.append(
        Operation(SelectV2.self), nil, [band, input, zero], type: builder.graph[input].type)
    ]
  }

  /// Whether each place of a matrix keeps to one of the two bounds.
  private static func bound(
    _ limit: TensorID, on matrix: Shape, isLower: Bool, _ parts: Composition
  ) throws(OctetError) -> TensorID {
    let part = isLower ? "lower" : "upper"
    let limit = try parts.asInt32(limit, part)
    var distances: [Int32] = []
    distances.reserveCapacity(matrix.elementCount)
    for row in 0..<matrix[0] {
      for column in 0..<matrix[1] {
        distances.append(Int32(clamping: isLower ? row - column : column - row))
      }
    }
    let places = parts.builder.graph.addConstant(
      parts.name(part + "/distance"), .int32, matrix, Bytes(values: distances))
    let isNear = try parts.append(
      Operation(LessEqual.self), part + "/near", [places, limit], type: .bool)
    let isFree = try parts.append(
      Operation(Less.self), part + "/free", [limit, parts.scalar(0, like: limit, part + "/zero")],
      type: .bool)
    return try parts.append(Operation(LogicalOr.self), part, [isNear, isFree], type: .bool)
  }
}
