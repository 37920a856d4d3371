import OctetCore
import OctetGraphDef
import OctetOperators

/// TensorFlow 1 conditionals whose predicate is a constant, as freezing leaves them behind.
///
/// `Switch` passes its value to the branch that is taken; the other branch's nodes compute
/// nothing, up to the `Merge` that picks the live value. `_SwitchN` chooses among several by a
/// number.
enum ControlFlowImport {
  /// The outputs of a `Switch`, `_SwitchN` or `Merge`; nil for every other operation.
  ///
  /// - Throws: `.unsupported` where the predicate is computed when the graph runs.
  static func apply(
    _ node: NodeDefinition, values: inout [NodeInput: TensorID?], _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID?]? {
    switch node.operation {
    case "Switch", "RefSwitch": try branch(node, values, builder)
    case "_SwitchN": try choice(node, values, builder)
    case "Merge", "RefMerge": try merge(node, values, builder)
    default: nil
    }
  }

  private static func branch(
    _ node: NodeDefinition, _ values: [NodeInput: TensorID?], _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID?] {
    guard node.inputs.count == 2, case .some(let data) = values[node.inputs[0]],
      case .some(let predicate) = values[node.inputs[1]]
    else { return [nil, nil] }
    guard let data, let predicate else { return [nil, nil] }
    guard builder.graph[predicate].type == .bool,
      let isTrue = builder.graph[predicate].constant?.array.first
    else {
      throw OctetError(
        .unsupported(what: "a conditional that is decided when the graph runs"),
        remedy: "freeze the graph for inference, or feed the predicate a constant")
    }
    // Output 0 is taken for false, output 1 for true.
    return isTrue != 0 ? [nil, data] : [data, nil]
  }

  /// A number that names no branch takes the last one.
  private static func choice(
    _ node: NodeDefinition, _ values: [NodeInput: TensorID?], _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID?] {
    let count = try node.integer("num_outs")
    guard (1...maximumBranchCount).contains(count) else {
      throw OctetError(
        .limitExceeded(limit: "branches", value: count, maximum: maximumBranchCount))
    }
    var outputs = [TensorID?](repeating: nil, count: count)
    guard node.inputs.count == 2, case .some(.some(let data)) = values[node.inputs[0]],
      case .some(.some(let index)) = values[node.inputs[1]]
    else { return outputs }
    let chosen = try builder.integer(index, input: 1, "output_index")
    outputs[outputs.indices.contains(chosen) ? chosen : count - 1] = data
    return outputs
  }

  private static let maximumBranchCount = 1000

  private static func merge(
    _ node: NodeDefinition, _ values: [NodeInput: TensorID?], _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID?] {
    for (index, input) in node.inputs.enumerated() {
      guard case .some(.some(let id)) = values[input] else { continue }
      let chosen = builder.graph.addConstant(
        "\(node.name):1", .int32, .scalar, Bytes(values: [Int32(truncatingIfNeeded: index)]))
      return [id, chosen]
    }
    return [nil, nil]
  }
}
