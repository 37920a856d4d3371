import OctetCore
import OctetGraphDef

/// `Placeholder`: legal only where the user feeds it, and then this rule is never asked.
enum ImportPlaceholder: ImportRule {
  static let operations = ["Placeholder", "PlaceholderV2", "LegacyFedInput"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    throw OctetError(
      .invalidArgument(
        name: "--input_arrays", reason: "the outputs depend on the placeholder '\(node.name)'"),
      remedy: "add '\(node.name)' to --input_arrays, or cut the graph behind it")
  }
}
