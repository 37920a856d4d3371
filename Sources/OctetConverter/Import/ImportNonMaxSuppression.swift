import OctetCore
import OctetGraphDef
import OctetOperators

/// `NonMaxSuppression` in its versions; TFLite's has a fixed number of outputs, zeros at the end.
///
/// Where TensorFlow's gives just as many as were found, they are cut off behind it. With a σ
/// TFLite's still leaves boxes out that overlap above the threshold, where TensorFlow's just lowers
/// their score; they agree for a threshold of 1.
enum ImportNonMaxSuppression: ImportRule {
  static let operations = [
    "NonMaxSuppression", "NonMaxSuppressionV2", "NonMaxSuppressionV3", "NonMaxSuppressionV4",
    "NonMaxSuppressionV5",
  ]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    let parts = Composition(node, builder)
    var inputs = node.inputs
    let isPadded: Bool
    switch node.operation {
    case "NonMaxSuppression":
      try node.expectInputs(3...3)
      let threshold = try node.definition.float("iou_threshold", default: 0.5)
      inputs.append(try parts.scalar(threshold, like: inputs[1], "iou_threshold"))
      fallthrough
    case "NonMaxSuppressionV2":
      if node.operation == "NonMaxSuppressionV2" { try node.expectInputs(4...4) }
      inputs.append(
        try parts.scalar(-.greatestFiniteMagnitude, like: inputs[1], "score_threshold"))
      isPadded = false
    case "NonMaxSuppressionV3":
      try node.expectInputs(5...5)
      isPadded = false
    default:
      let count = node.operation == "NonMaxSuppressionV4" ? 5 : 6
      try node.expectInputs(count...count)
      isPadded = try node.definition.boolean("pad_to_max_output_size", default: false)
    }
    let isSoft = node.operation == "NonMaxSuppressionV5"
    if isSoft, builder.floats(inputs[5])?.first != 0, builder.floats(inputs[3])?.first != 1 {
      builder.report.warn(
        node.name, "boxes that overlap above the threshold are left out, though there is a sigma")
    }
    var outputs = try builder.append(
      isSoft ? Operation(NonMaxSuppressionV5.self) : Operation(NonMaxSuppressionV4.self),
      name: node.name, inputs: inputs,
      outputs: isPadded
        ? node.outputNames(isSoft ? 3 : 2)
        : (isSoft ? ["padded", "padded_scores", "count"] : ["padded", "count"]).map(parts.name),
      type: .int32)
    guard !isPadded else { return outputs }
    let count = try parts.reshaped(outputs[outputs.count - 1], to: [1], "size")
    for index in outputs.indices.dropLast() {
      outputs[index] = try builder.append(
        Operation(Slice.self), name: node.outputNames(2)[index],
        inputs: [outputs[index], parts.vector([0], "begin_\(index)"), count],
        type: builder.graph[outputs[index]].type)
    }
    return node.operation.hasSuffix("V4") || isSoft ? outputs : [outputs[0]]
  }
}
