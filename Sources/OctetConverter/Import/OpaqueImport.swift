import OctetCore
import OctetGraphDef
import OctetOperators

/// TensorFlow operations without a rule: custom operators where the user allows them.
enum OpaqueImport {
  /// A reader of one output makes all before it: few bytes of a file must not become many tensors.
  private static let maximumOutputCount = 1024

  /// A node that keeps the operation's name, with the outputs that its attributes tell of.
  ///
  /// `_output_types` and `_output_shapes`, where present, give types and shapes, as in
  /// TensorFlow's converter.
  ///
  /// - Parameter outputCount: how many outputs the rest of the graph knows of.
  /// - Throws: `.unsupportedOperator` where custom operators are not allowed; `.limitExceeded` for
  ///   very many outputs.
  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder, isAllowed: Bool, outputCount: Int
  ) throws(OctetError) -> [TensorID?] {
    try expectAllowed(node.definition, isAllowed)
    guard outputCount <= maximumOutputCount else {
      throw OctetError(
        .limitExceeded(
          limit: "outputs of a custom operator", value: outputCount, maximum: maximumOutputCount))
    }
    let types = outputTypes(node, atLeast: outputCount)
    let names = node.outputNames(types.count)
    var outputs: [TensorID?] = []
    for (name, type) in zip(names, types) {
      outputs.append(builder.graph.add(GraphTensor(name: name, type: type)))
    }
    builder.graph.nodes.append(
      Node(
        name: node.name,
        .opaque(
          OpaqueOperation(
            name: node.operation, customOptions: CustomOptions.encode(node.definition),
            quantization: try quantization(node.definition))),
        inputs: node.inputs, outputs: outputs.compactMap { $0 }))
    builder.report.warn(node.name, "kept as the custom operator \(node.operation)")
    return outputs
  }

  /// - Throws: `.unsupportedOperator` where custom operators are not allowed.
  static func expectAllowed(
    _ node: NodeDefinition, _ isAllowed: Bool
  ) throws(OctetError) {
    guard !isAllowed else { return }
    throw OctetError(
      .unsupportedOperator(name: node.operation),
      remedy: "--allow_custom_ops keeps it as a custom operator; or cut the graph behind it "
        + "with --input_arrays")
  }

  /// What `_output_quantized` and its companion say, as TensorFlow's converter reads them.
  private static func quantization(
    _ node: NodeDefinition
  ) throws(OctetError) -> QuantizationRule {
    guard try node.boolean("_output_quantized", default: false) else { return .floatOnly }
    let hasFloatOutputs = try node.boolean(
      "_support_output_type_float_in_quantized_op", default: false)
    return hasFloatOutputs ? .floatOutputs : .ownRange
  }

  private static func outputTypes(_ node: SourceNode, atLeast count: Int) -> [ElementType] {
    var types: [ElementType] = []
    if case .list(.types(let stated))? = node.definition.attributes["_output_types"] {
      types = stated.map { $0.elementType ?? .float32 }
    }
    while types.count < max(count, 1) { types.append(.float32) }
    return types
  }
}
