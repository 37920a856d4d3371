import OctetCore
import OctetGraphDef

/// Calls of functions: the nodes of the function take the place of the call.
enum ImportCall: ImportRule {
  static let operations = ["PartitionedCall", "StatefulPartitionedCall"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try inlined(node.definition.function("f"), node, builder)
  }

  /// A call by an operation of the function's own name, as old graphs have it.
  static func call(
    _ function: String, _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try inlined(
      FunctionReference(name: function, attributes: node.definition.attributes), node, builder)
  }

  private static func inlined(
    _ function: FunctionReference, _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try builder.functions.inline(
      function, arguments: node.inputs, builder, scope: node.name + "/")
  }
}
