import OctetCore
import OctetGraphDef
import OctetOperators

/// `BatchMatMul` in its three versions.
enum ImportBatchMatMul: ImportRule {
  static let operations = ["BatchMatMul", "BatchMatMulV2", "BatchMatMulV3"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(2...2)
    let options = BatchMatMul.Options(
      transposesLeft: try node.definition.boolean("adj_x", default: false),
      transposesRight: try node.definition.boolean("adj_y", default: false))
    return [
      try builder.append(
        Operation(BatchMatMul.self, options), name: node.name,
        inputs: [node.input(0, "x"), node.input(1, "y")])
    ]
  }
}
