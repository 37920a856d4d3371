import OctetCore
import OctetOperators

extension GraphRewriter {
  /// Replaces the node at `index`, which moves no element, by a RESHAPE of its first input.
  ///
  /// - Parameters:
  ///   - shape: the output's.
  ///   - name: for the constant that holds it.
  ///   - isMatrix: whether that constant has a leading dimension of 1, as TOCO gives it in places.
  mutating func replaceByReshape(
    _ index: Int, to shape: Shape, shapeName name: String, isMatrix: Bool = false
  ) throws(OctetError) {
    guard let node = self[index], let input = node.inputs.first else { return }
    let constant = addVector(
      name, shape.dimensions, shape: isMatrix ? try Shape([1, shape.rank]) : nil)
    replace(
      index,
      with: Node(
        name: node.name,
        Operation(Reshape.self, Reshape.Options(newShape: shape.dimensions)),
        inputs: [input, constant], outputs: node.outputs))
    releaseConstants(node.inputs)
  }

  /// Frees the data of constants that nothing reads any more.
  mutating func releaseConstants(_ tensors: [TensorID?]) {
    for case let tensor? in tensors where isUnused(tensor) { self[tensor].constant = nil }
  }

  /// The permutation of a TRANSPOSE, normalized; nil where it isn't constant or no permutation.
  func permutation(of node: Node) -> [Int]? {
    guard node.builtin == .transpose, node.inputs.count == 2, let id = node.inputs[1],
      let axes = integers(id)
    else { return nil }
    let normalized = axes.map { $0 < 0 ? $0 + axes.count : $0 }
    return normalized.sorted() == Array(axes.indices) ? normalized : nil
  }

  /// Whether a RESHAPE only moves dimensions of extent 1 about.
  func movesOnlyOnes(_ node: Node, mayChangeRank: Bool) -> Bool {
    guard node.builtin == .reshape, let before = node.inputs[0].flatMap({ self[$0].shape }),
      let after = self[node.outputs[0]].shape
    else { return false }
    if !mayChangeRank, before.rank != after.rank { return false }
    return before.dimensions.filter { $0 != 1 } == after.dimensions.filter { $0 != 1 }
  }
}
