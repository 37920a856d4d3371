import OctetCore
import OctetGraphDef
import OctetOperators

/// `MatMul` and `SparseMatMul` (whose matrices are dense, with many zeros) of matrices: a fully-connected layer, whose weights have the output channels first.
enum ImportMatMul: ImportRule {
  static let operations = ["MatMul", "SparseMatMul"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(2...2)
    var left = try node.input(0, "a")
    var right = try node.input(1, "b")
    if try node.definition.boolean("transpose_a", default: false) {
      left = try transposed(left, builder)
    }
    if try !node.definition.boolean("transpose_b", default: false) {
      right = try transposed(right, builder)
    }
    return [
      try builder.append(
        Operation(FullyConnected.self, FullyConnected.Options()), name: node.name,
        inputs: [left, right])
    ]
  }

  private static func transposed(
    _ matrix: TensorID, _ builder: GraphBuilder
  ) throws(OctetError) -> TensorID {
    let name = builder.graph[matrix].name
    let axes = try builder.constant([1, 0], name: name + "/transpose/perm")
    return try builder.append(
      Operation(Transpose.self), name: name + "/transpose", inputs: [matrix, axes])
  }
}
