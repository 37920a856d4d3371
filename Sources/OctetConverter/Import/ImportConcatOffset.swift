import OctetCore
import OctetOperators

/// `ConcatOffset`: where each of several tensors starts in what they are joined to.
///
/// **Throws**: `.valueNotConstant` for shapes that are computed when the graph runs.
enum ImportConcatOffset: ImportRule {
  static let operations = ["ConcatOffset"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    let axis = try builder.integer(node.input(0, "concat_dim"), input: 0, "concat_dim")
    let names = node.outputNames(node.inputs.count - 1)
    var offsets: [TensorID] = []
    var start = 0
    for (number, name) in names.enumerated() {
      let extents = try builder.integers(node.inputs[number + 1], input: number + 1, "shape")
      let index = axis < 0 ? axis + extents.count : axis
      guard extents.indices.contains(index) else {
        throw OctetError(.invalidOption(name: "concat_dim", value: "\(axis)"))
      }
      var offset = [Int](repeating: 0, count: extents.count)
      offset[index] = start
      offsets.append(try builder.constant(offset, name: name))
      let (end, overflow) = start.addingReportingOverflow(extents[index])
      guard !overflow else {
        throw OctetError(.invalidShape(extents, reason: "too large"))
      }
      start = end
    }
    return offsets
  }
}
