import OctetCore
import OctetFormat

/// Moves a binary operator with a constant in front of a RESHAPE of its other operand.
///
/// The constant's shape must be the tail of the shapes before and after the RESHAPE, so that it
/// broadcasts in the same way. The operator can then fuse with what computes its operand.
///
/// **Source**: TOCO `MoveBinaryOperatorBeforeReshape`, which does not look at the shape before.
package struct MoveBinaryBeforeReshape: NodePass {
  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [
    .add, .mul, .sub, .div, .floorDiv, .floorMod, .minimum, .maximum, .less, .lessEqual, .greater,
    .greaterEqual,
  ]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) throws(OctetError) {
    guard let binary = graph[index], let (constantSlot, variableSlot) = graph.splitOperands(binary),
      let constant = binary.inputs[constantSlot], let middle = binary.inputs[variableSlot],
      let producer = graph.producer(of: middle), let reshape = graph[producer],
      reshape.builtin == .reshape, let source = reshape.inputs[0]
    else { return }
    let label = "\(binary.label) before \(reshape.label)"
    func decline(_ reason: String) {
      report.declined(binary.name, because: "not moving \(label): \(reason)")
    }
    guard let tail = graph[constant].shape, let before = graph[source].shape,
      let after = graph[middle].shape, tail.isTail(of: before), tail.isTail(of: after)
    else { return decline("the constant's shape is not the tail of the shapes around it") }
    guard !graph.isOutput(middle) else { return decline("its operand is a graph output") }
    guard graph.isReadOnce(middle) else { return decline("its operand is read elsewhere") }

    var first = binary
    first.inputs[variableSlot] = source
    first.outputs = [middle]
    var second = reshape
    second.inputs[0] = middle
    second.outputs = binary.outputs
    graph[middle].type = graph[binary.outputs[0]].type
    graph.replace(index, with: second)
    graph.replace(producer, with: first)
    try graph.inferSwapped(producer, index)
    report.changed(binary.name, "moved \(label)")
  }
}

extension Shape {
  fileprivate func isTail(of other: Shape) -> Bool {
    other.dimensions.suffix(rank).elementsEqual(dimensions)
  }
}
