import OctetCore
import OctetFormat
import OctetOperators

/// Moves a RESHAPE that only adds, drops or moves dimensions of extent 1 behind a TRANSPOSE.
///
/// Two transposes, or two reshapes, then meet and merge.
///
/// **Source**: TOCO `ReorderReshapeTranspose`.
package struct ReorderReshapeTranspose: NodePass {
  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.transpose]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) throws(OctetError) {
    guard let transpose = graph[index], let axes = graph.permutation(of: transpose),
      let middle = transpose.inputs[0], let vector = transpose.inputs[1],
      let producer = graph.producer(of: middle), let reshape = graph[producer],
      graph.movesOnlyOnes(reshape, mayChangeRank: true), let source = reshape.inputs[0],
      let target = reshape.inputs.count > 1 ? reshape.inputs[1] : nil, graph.isConstant(target),
      let before = graph[source].shape, let between = graph[middle].shape,
      let after = graph[transpose.outputs[0]].shape, between.rank == axes.count
    else { return }
    let label = "\(reshape.label) and \(transpose.label)"
    func decline(_ reason: String) {
      report.declined(transpose.name, because: "not swapping \(label): \(reason)")
    }
    guard graph.isReadOnce(middle) else { return decline("the result between is read elsewhere") }
    guard graph.isInternal(middle) else { return decline("the result between is a graph output") }

    let newAxes = Self.permutation(before, between, axes)
    let permutation = graph.addVector(
      graph[vector].name + (graph.isReadOnce(vector) ? "" : "_copy"), newAxes)
    let newTarget = graph.addVector(graph[target].name, after.dimensions)
    let ends = graph.swapOutputs(of: producer, and: index, suffix: "_exchange")
    graph.replace(
      producer,
      with: Node(
        name: transpose.name, transpose.operation, inputs: [source, permutation],
        outputs: [ends.first]))
    graph.replace(
      index,
      with: Node(
        name: reshape.name,
        Operation(Reshape.self, Reshape.Options(newShape: after.dimensions)),
        inputs: [ends.first, newTarget], outputs: [ends.last]))
    graph.releaseConstants([vector, target])
    try graph.inferSwapped(producer, index)
    report.changed(transpose.name, "swapped \(label)")
  }

  /// The permutation of `before` that puts the dimensions above 1 in the order that `axes` gives
  /// those of `between`; the ones follow.
  private static func permutation(_ before: Shape, _ between: Shape, _ axes: [Int]) -> [Int] {
    let large = before.dimensions.indices.filter { before[$0] != 1 }
    let largeBetween = between.dimensions.indices.filter { between[$0] != 1 }
    let origin = Dictionary(uniqueKeysWithValues: zip(largeBetween, large))
    return axes.compactMap { origin[$0] }
      + before.dimensions.indices.filter { before[$0] == 1 }
  }
}
