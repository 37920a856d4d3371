import OctetCore
import OctetFormat

/// Moves a function of single elements in front of an operator that only moves elements.
///
/// The function can then fuse with the operator that computes its input.
///
/// **Source**: TOCO `ReorderElementwiseUnary`.
package struct ReorderElementwiseUnary: NodePass {
  private static let movements: Set<BuiltinOperator> = [
    .depthToSpace, .expandDims, .spaceToDepth, .squeeze, .reshape, .transpose,
  ]

  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [
    .cast, .ceil, .exp, .floor, .neg, .relu, .reluN1To1, .relu6, .round, .tanh, .sqrt, .square,
  ]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) throws(OctetError) {
    guard let function = graph[index], let middle = function.inputs[0],
      let producer = graph.producer(of: middle), let movement = graph[producer],
      let builtin = movement.builtin, Self.movements.contains(builtin),
      let source = movement.inputs[0]
    else { return }
    let label = "\(movement.label) and \(function.label)"
    func decline(_ reason: String) {
      report.declined(function.name, because: "not swapping \(label): \(reason)")
    }
    guard graph.isReadOnce(middle) else { return decline("the result between is read elsewhere") }
    guard graph.isInternal(middle) else { return decline("the result between is a graph output") }
    let type = graph[function.outputs[0]].type
    let ends = graph.swapOutputs(of: producer, and: index, suffix: "_reorder")
    graph[ends.first].type = type
    graph[ends.last].type = type
    var first = function
    first.inputs[0] = source
    first.outputs = [ends.first]
    var second = movement
    second.inputs[0] = ends.first
    second.outputs = [ends.last]
    graph.replace(producer, with: first)
    graph.replace(index, with: second)
    try graph.inferSwapped(producer, index)
    report.changed(function.name, "swapped \(label)")
  }
}
