import OctetCore
import OctetGraphDef
import OctetOperators

/// `Mean`, `Sum`, `Max`, `Min`, `Prod`, `Any` and `All`.
enum ImportReduction: ImportRule {
  static let operations = ["Mean", "Sum", "Max", "Min", "Prod", "Any", "All"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(2...2)
    // Old graphs spell it with an underscore.
    let keepsDimensions = try node.definition.boolean(
      "keep_dims", default: try node.definition.boolean("keepdims", default: false))
    let options = ReductionOptions(keepsDimensions: keepsDimensions)
    let operation: Operation =
      switch node.operation {
      case "Mean": Operation(Mean.self, options)
      case "Sum": Operation(Sum.self, options)
      case "Max": Operation(ReduceMax.self, options)
      case "Min": Operation(ReduceMin.self, options)
      case "Prod": Operation(ReduceProd.self, options)
      case "Any": Operation(ReduceAny.self, options)
      default: Operation(ReduceAll.self, options)
      }
    return [try builder.append(operation, name: node.name, inputs: node.inputs)]
  }
}
