import OctetCore
import OctetOperators

/// `DynamicStitch` and `ParallelDynamicStitch`: rows of several tensors, put where indices say.
///
/// All rows are joined, then gathered in the order of their places; of several rows for one place
/// the last one counts.
///
/// **Throws**: `.valueNotConstant` for indices that are computed when the graph runs,
/// `.invalidOption` where a place gets no row.
enum ImportDynamicStitch: ImportRule {
  static let operations = ["DynamicStitch", "ParallelDynamicStitch"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    let count = node.inputs.count / 2
    guard count > 0, node.inputs.count == 2 * count else {
      throw OctetError(.wrongCount(what: "inputs", expected: 2...2, found: node.inputs.count))
    }
    let parts = Composition(node, builder)
    var places: [Int] = []
    var rows: [TensorID] = []
    for number in 0..<count {
      let indices = node.inputs[number]
      let data = node.inputs[count + number]
      places += try builder.integers(indices, input: number, "indices")
      let rank = try parts.shape(of: indices).rank
      let shape = try parts.shape(of: data)
      guard shape.rank >= rank else {
        throw OctetError(
          .invalidShape(shape.dimensions, reason: "fewer axes than the indices have"))
      }
      let lead = try Shape(Array(shape.dimensions.prefix(rank))).elementCount
      rows.append(
        try parts.reshaped(
          data, to: [lead] + shape.dimensions.dropFirst(rank), "rows_\(number)"))
    }
    let joined = try parts.append(
      Operation(Concatenation.self, Concatenation.Options(axis: 0)), "rows", rows)
    return [
      try parts.append(
        Operation(Gather.self, Gather.Options(axis: 0)), nil,
        [joined, parts.vector(sources(of: places, parts), "sources")])
    ]
  }

  /// The row that comes to each place.
  private static func sources(
    of places: [Int], _ parts: Composition
  ) throws(OctetError) -> [Int] {
    let count = (places.max() ?? -1) + 1
    try parts.expectMakeable(elementCount: count)
    var sources = [Int](repeating: -1, count: count)
    for (row, place) in places.enumerated() {
      guard place >= 0 else {
        throw OctetError(.invalidOption(name: "indices", value: "\(place)"))
      }
      sources[place] = row
    }
    if let gap = sources.firstIndex(of: -1) {
      throw OctetError(
        .unsupported(what: "a stitched tensor whose row \(gap) nothing is put into"))
    }
    return sources
  }
}
