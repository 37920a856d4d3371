import OctetCore
import OctetOperators

/// Reductions over segments, inputs in the same order as TFLite's; segment numbers are int32 there.
enum ImportSegments: ImportRule {
  static let operations = Array(counterparts.keys)

  private static let counterparts: [String: Operation] = [
    "SegmentSum": Operation(SegmentSum.self),
    "UnsortedSegmentMax": Operation(UnsortedSegmentMax.self),
    "UnsortedSegmentMin": Operation(UnsortedSegmentMin.self),
    "UnsortedSegmentProd": Operation(UnsortedSegmentProd.self),
    "UnsortedSegmentSum": Operation(UnsortedSegmentSum.self),
  ]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    guard let operation = counterparts[node.operation] else { return [] }
    let isSorted = node.operation == "SegmentSum"
    try node.expectInputs(isSorted ? 2...2 : 3...3)
    let parts = Composition(node, builder)
    var inputs = [try node.input(0, "data")]
    inputs.append(try parts.asInt32(node.input(1, "segment_ids"), "segment_ids"))
    if !isSorted {
      inputs.append(try parts.asInt32(node.input(2, "num_segments"), "num_segments"))
    }
    return [
      try parts.append(operation, nil, inputs, type: builder.graph[inputs[0]].type)
    ]
  }
}
