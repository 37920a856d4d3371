import OctetCore
import OctetFormat

/// Lets a TRANSPOSE do what a RESHAPE behind it does, where that only moves dimensions of extent 1.
///
/// **Source**: TOCO `MergeReshapeIntoPrecedingTranspose`.
package struct MergeReshapeIntoPrecedingTranspose: NodePass {
  /// The pass.
  package init() {}

  package let anchors: Set<BuiltinOperator> = [.reshape]

  package func rewrite(
    _ index: Int, in graph: inout GraphRewriter, _ report: inout PassReport
  ) throws(OctetError) {
    guard let reshape = graph[index], graph.movesOnlyOnes(reshape, mayChangeRank: false),
      let middle = reshape.inputs[0], let before = graph[middle].shape,
      let after = graph[reshape.outputs[0]].shape, let producer = graph.producer(of: middle),
      let transpose = graph[producer], let axes = graph.permutation(of: transpose),
      let vector = transpose.inputs[1], axes.count == before.rank
    else { return }
    let label = "\(reshape.label) into the preceding \(transpose.label)"
    func decline(_ reason: String) {
      report.declined(reshape.name, because: "not merging \(label): \(reason)")
    }
    guard graph.isReadOnce(middle) else { return decline("its input is read elsewhere") }
    guard graph.isInternal(middle) else { return decline("its input is a graph output") }
    let merged = before.axesMovingOnes(to: after).map { axes[$0] }
    let name = graph[vector].name
    let isShared = !graph.isReadOnce(vector)
    guard graph.bypass(index) else { return decline("both ends are visible") }
    let permutation = graph.addVector(isShared ? name + "_copy" : name, merged)
    graph.modify(producer) { $0.inputs[1] = permutation }
    if !isShared {
      graph.releaseConstants([vector])
      graph.rename(permutation, to: name)
    }
    _ = try graph.inferOutputs(of: producer)
    report.changed(reshape.name, "merged \(label)")
  }
}

extension Shape {
  /// For each dimension of `other`, the one here that it is: those of extent 1 in order, and the
  /// others in order.
  fileprivate func axesMovingOnes(to other: Shape) -> [Int] {
    var ones = dimensions.indices.filter { self[$0] == 1 }[...]
    var others = dimensions.indices.filter { self[$0] != 1 }[...]
    return other.dimensions.compactMap { $0 == 1 ? ones.popFirst() : others.popFirst() }
  }
}
