import OctetCore
import OctetGraphDef
import OctetOperators

/// `FakeQuantWithMinMaxArgs`, `FakeQuantWithMinMaxVars` and `FakeQuantWithMinMaxVarsPerChannel`.
enum ImportFakeQuant: ImportRule {
  static let operations = [
    "FakeQuantWithMinMaxArgs", "FakeQuantWithMinMaxVars", "FakeQuantWithMinMaxVarsPerChannel",
  ]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    let input = try node.input(0, "inputs")
    let bitCount = try node.definition.integer("num_bits", default: 8)
    let isNarrow = try node.definition.boolean("narrow_range", default: false)
    let operation: Operation
    if node.operation == "FakeQuantWithMinMaxArgs" {
      operation = Operation(
        FakeQuant.self,
        FakeQuant.Options(
          minimum: try node.definition.float("min", default: -6),
          maximum: try node.definition.float("max", default: 6),
          bitCount: bitCount, isNarrowRange: isNarrow))
    } else {
      let minimums = try bounds(node, builder, input: 1, "min")
      let maximums = try bounds(node, builder, input: 2, "max")
      if node.operation == "FakeQuantWithMinMaxVars" {
        guard minimums.count == 1, maximums.count == 1 else {
          throw OctetError(
            .wrongCount(what: "bounds", expected: 1...1, found: minimums.count))
        }
        operation = Operation(
          FakeQuant.self,
          FakeQuant.Options(
            minimum: minimums[0], maximum: maximums[0], bitCount: bitCount,
            isNarrowRange: isNarrow))
      } else {
        return [
          try perChannel(
            node, builder, minimums: minimums, maximums: maximums, bitCount: bitCount,
            isNarrow: isNarrow)
        ]
      }
    }
    return [try builder.append(operation, name: node.name, inputs: [input])]
  }

  private static func perChannel(
    _ node: SourceNode, _ builder: GraphBuilder, minimums: [Float], maximums: [Float],
    bitCount: Int, isNarrow: Bool
  ) throws(OctetError) -> TensorID {
    guard minimums.count == maximums.count, !minimums.isEmpty else {
      throw OctetError(
        .wrongCount(
          what: "upper bounds", expected: minimums.count...minimums.count, found: maximums.count))
    }
    let input = try node.input(0, "inputs")
    // TensorFlow's operation takes the last dimension as the channels.
    guard let shape = builder.graph[input].shape, shape.rank > 0,
      shape.lastExtent == minimums.count
    else {
      throw OctetError(
        .invalidShape(
          builder.graph[input].shape?.dimensions ?? [],
          reason: "the last extent must be the number of bounds, \(minimums.count)"))
    }
    return try builder.append(
      Operation(
        FakeQuantPerChannel.self,
        FakeQuantPerChannel.Options(
          bitCount: bitCount, isNarrowRange: isNarrow, axis: shape.rank - 1)),
      name: node.name, inputs: node.inputs)
  }

  private static func bounds(
    _ node: SourceNode, _ builder: GraphBuilder, input index: Int, _ role: String
  ) throws(OctetError) -> [Float] {
    let id = try node.input(index, role)
    guard let values = builder.floats(id) else {
      throw OctetError(
        .valueNotConstant(index: index, role: role),
        remedy: "'\(builder.graph[id].name)' is still computed by training operations: export the "
          + "graph with create_eval_graph and freeze it again")
    }
    return values
  }
}
