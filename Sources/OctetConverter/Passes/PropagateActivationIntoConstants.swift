import OctetCore
import OctetFormat
import OctetOperators

/// Clamps a constant table instead of what GATHER takes from it.
///
/// **Source**: TOCO `PropagateActivationFunctionIntoConstants`, which changes shared tables too.
package struct PropagateActivationIntoConstants: NodePass {
  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.relu, .relu6, .reluN1To1]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) throws(OctetError) {
    guard let clamp = graph[index], let activation = clamp.activation, let input = clamp.inputs[0],
      let producer = graph.producer(of: input), let gather = graph[producer],
      gather.builtin == .gather, let table = gather.inputs[0]
    else { return }
    let label = "\(clamp.label) into '\(graph[table].name)'"
    func decline(_ reason: String) {
      report.declined(clamp.name, because: "not propagating \(label): \(reason)")
    }
    guard graph.isReadOnce(input), !graph.isOutput(input) else {
      return decline("what \(gather.label) takes is read elsewhere")
    }
    guard graph.isConstant(table), graph[table].type == .float32 else {
      return decline("it is not a float32 constant")
    }
    guard graph.bypass(index) else { return decline("both ends are visible") }
    let (minimum, maximum) = try activation.realBounds()
    let clamped = graph.privateCopy(of: table, for: producer, slot: 0)
    graph.updateFloats(clamped) { values in
      for i in values.indices { values[i] = min(max(values[i], minimum), maximum) }
    }
    report.changed(clamp.name, "propagated \(label)")
  }
}

extension GraphRewriter {
  /// The constant that a node reads, or a copy of its own where others read it too.
  fileprivate mutating func privateCopy(
    of constant: TensorID, for reader: Int, slot: Int
  ) -> TensorID {
    guard !isReadOnce(constant) || isOutput(constant) else { return constant }
    var tensor = self[constant]
    tensor.name = derivedName(tensor.name)
    let copy = add(tensor)
    modify(reader) { $0.inputs[slot] = copy }
    return copy
  }
}
