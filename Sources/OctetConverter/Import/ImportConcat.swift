import OctetCore
import OctetGraphDef
import OctetOperators

/// `Concat` (axis first) and `ConcatV2` (axis last).
enum ImportConcat: ImportRule {
  static let operations = ["Concat", "ConcatV2"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    guard node.inputs.count >= 2 else {
      throw OctetError(.wrongCount(what: "inputs", expected: 2...2, found: node.inputs.count))
    }
    let axisInput = node.operation == "Concat" ? 0 : node.inputs.count - 1
    var axis = try builder.integer(node.inputs[axisInput], input: axisInput, "axis")
    var values = node.inputs
    values.remove(at: axisInput)
    // Files state the axis counted from the front, where the rank is known.
    if let shape = builder.graph[values[0]].shape { axis = try shape.normalizedAxis(axis) }
    return [
      try builder.append(
        Operation(Concatenation.self, Concatenation.Options(axis: axis)), name: node.name,
        inputs: values)
    ]
  }
}
