import OctetCore
import OctetGraphDef
import OctetOperators

/// `Cumsum`: running sums along an axis.
enum ImportCumsum: ImportRule {
  static let operations = ["Cumsum"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(2...2)
    let options = CumSum.Options(
      isExclusive: try node.definition.boolean("exclusive", default: false),
      isReversed: try node.definition.boolean("reverse", default: false))
    return [
      try builder.append(
        Operation(CumSum.self, options), name: node.name, inputs: node.inputs)
    ]
  }
}
