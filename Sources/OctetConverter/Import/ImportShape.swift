import OctetCore
import OctetGraphDef
import OctetOperators

/// `Shape`, `ShapeN`, `Size` and `Rank`: constants as soon as the input's shape is known.
enum ImportShape: ImportRule {
  static let operations = ["Shape", "ShapeN", "Size", "Rank"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    let type = try node.definition.elementType("out_type", default: .int32)
    if node.operation == "ShapeN" {
      var shapes: [TensorID] = []
      for (input, name) in zip(node.inputs, node.outputNames(node.inputs.count)) {
        shapes.append(try shape(of: input, type, named: name, builder))
      }
      return shapes
    }
    try node.expectInputs(1...1)
    let input = try node.input(0, "input")
    switch node.operation {
    case "Size":
      guard let count = builder.graph[input].shape?.elementCount else {
        throw OctetError(.unsupported(what: "the size of a tensor of unknown shape"))
      }
      let data =
        type == .int64
        ? Bytes(values: [Int64(count)]) : Bytes(values: [Int32(truncatingIfNeeded: count)])
      return [builder.graph.addConstant(node.name, type, .scalar, data)]
    case "Rank":
      return [
        try builder.append(
          Operation(Rank.self), name: node.name, inputs: [input], type: .int32)
      ]
    default: return [try shape(of: input, type, named: node.name, builder)]
    }
  }

  /// The value follows from the shape alone, whatever the input's values are.
  private static func shape(
    of input: TensorID, _ type: ElementType, named name: String, _ builder: GraphBuilder
  ) throws(OctetError) -> TensorID {
    guard let shape = builder.graph[input].shape else {
      return try builder.append(
        Operation(ShapeOf.self, ShapeOf.Options(outputType: type)), name: name, inputs: [input],
        type: type)
    }
    let data =
      type == .int64
      ? Bytes(values: shape.dimensions.map(Int64.init))
      : Bytes(values: shape.dimensions.map { Int32(truncatingIfNeeded: $0) })
    return builder.graph.addConstant(name, type, try Shape([shape.rank]), data)
  }
}
