import OctetCore
import OctetFormat
import OctetOperators

/// Turns SQUARE, AVERAGE_POOL_2D and SQRT into L2_POOL_2D.
///
/// **Source**: TOCO `IdentifyL2Pool`.
package struct IdentifyL2Pool: NodePass {
  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.sqrt]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) {
    guard let root = graph[index],
      let (poolIndex, pool) = graph.privateProducer(of: root.inputs[0]),
      let options = pool.options(of: AveragePool2D.self), options.activation == .none,
      let (squareIndex, square) = graph.privateProducer(of: pool.inputs[0]),
      square.builtin == .square
    else { return }
    graph.replace(
      index,
      with: Node(
        name: root.name, Operation(L2Pool2D.self, options), inputs: square.inputs,
        outputs: root.outputs))
    graph.remove(poolIndex)
    graph.remove(squareIndex)
    report.changed(root.name, "\(square.label), \(pool.label) and \(root.label) are L2_POOL_2D")
  }
}
