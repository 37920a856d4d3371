import OctetCore
import OctetOperators

/// `ClipByValue`: the larger of the lower bound and the smaller of value and upper bound.
enum ImportClipByValue: ImportRule {
  static let operations = ["ClipByValue"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    try node.expectInputs(3...3)
    let parts = Composition(node, builder)
    let below = try parts.append(
      Operation(Minimum.self), "Minimum", [node.inputs[0], node.inputs[2]])
    return [try parts.append(Operation(Maximum.self), nil, [below, node.inputs[1]])]
  }
}
