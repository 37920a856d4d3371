import OctetCore
import OctetFormat

/// Lets a binary operator broadcast a tensor itself, which a CONCATENATION with itself did.
///
/// **Source**: TOCO `FuseBroadcastIntoFollowingBinary`, which takes the shapes for granted.
package struct FuseBroadcastIntoFollowingBinary: NodePass {
  /// The pass.
  package init() {}

  package let anchors = Node.arithmeticOperators

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) {
    guard let binary = graph[index], binary.inputs.count == 2 else { return }
    let sources = binary.inputs.map { $0.flatMap { repeatedSource(of: $0, in: graph) } }
    guard let slot = sources.firstIndex(where: { $0 != nil }), let source = sources[slot],
      let other = binary.inputs[1 - slot], let copies = binary.inputs[slot]
    else { return }
    let label = "the repetition '\(graph[copies].name)' into the following \(binary.label)"
    func decline(_ reason: String) {
      report.declined(binary.name, because: "not fusing \(label): \(reason)")
    }
    guard sources[1 - slot] == nil else { return decline("both operands are repetitions") }
    guard let left = graph[source].shape, let right = graph[other].shape,
      let shape = try? Shape.broadcast(left, right), shape == graph[binary.outputs[0]].shape
    else { return decline("broadcasting gives another shape") }
    graph.modify(index) { $0.inputs[slot] = source }
    report.changed(binary.name, "fused \(label)")
  }

  /// What a CONCATENATION of a tensor with itself repeats.
  private func repeatedSource(of id: TensorID, in graph: GraphRewriter) -> TensorID? {
    guard let producer = graph.producer(of: id), let node = graph[producer],
      node.builtin == .concatenation, let source = node.inputs.first.flatMap({ $0 }),
      node.inputs.allSatisfy({ $0 == source }), node.operation.fusedActivation == .none
    else { return nil }
    return source
  }
}
