import OctetCore
import OctetGraphDef
import OctetOperators

/// `Split` (equal parts) and `SplitV` (given sizes).
enum ImportSplit: ImportRule {
  static let operations = ["Split", "SplitV"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    let count = try node.definition.integer("num_split")
    guard count >= 1, count <= 1 << 16 else {
      throw OctetError(.invalidOption(name: "num_split", value: "\(count)"))
    }
    let isEqual = node.operation == "Split"
    try node.expectInputs(isEqual ? 2...2 : 3...3)
    return try builder.append(
      isEqual
        ? Operation(Split.self, Split.Options(partCount: count))
        : Operation(SplitV.self, SplitV.Options(partCount: count)),
      name: node.name, inputs: node.inputs, outputs: node.outputNames(count),
      type: builder.graph[node.input(isEqual ? 1 : 0, "value")].type)
  }
}
