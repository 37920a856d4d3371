import OctetCore
import OctetOperators

/// `LinSpace`: `num` values from `start` to `stop`, equally far apart.
///
/// **Types**: float32. The last value is `stop` itself, as in TensorFlow.
enum ImportLinSpace: ImportRule {
  static let operations = ["LinSpace"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(3...3)
    let parts = Composition(node, builder, inFloat: true)
    let start = try node.input(0, "start")
    let stop = try node.input(1, "stop")
    let count = try builder.integer(node.input(2, "num"), input: 2, "num")
    guard count > 0 else {
      throw OctetError(.invalidOption(name: "num", value: "\(count)"))
    }
    try parts.expectMakeable(elementCount: count)
    guard builder.graph[start].type == .float32 else {
      throw OctetError(
        .unsupportedTypes(operator: node.operation, types: [builder.graph[start].type]))
    }
    if count == 1 { return [try parts.reshaped(start, to: [1], nil)] }
    let range = try parts.append(Operation(Sub.self, Sub.Options()), "range", [stop, start])
    let step = try parts.append(
      Operation(Div.self, Div.Options()), "step",
      [range, parts.scalar(Float(count - 1), like: start, "steps")])
    let numbers = builder.graph.addConstant(
      parts.name("numbers"), .float32, .vector(count - 1),
      Bytes(values: (0..<count - 1).map { Float($0) }))
    let distances = try parts.append(
      Operation(Mul.self, Mul.Options()), "distances", [numbers, step])
    let values = try parts.append(
      Operation(Add.self, Add.Options()), "values", [distances, start])
    return [
      try parts.append(
        Operation(Concatenation.self, Concatenation.Options(axis: 0)), nil,
        [values, parts.reshaped(stop, to: [1], "last")])
    ]
  }
}
