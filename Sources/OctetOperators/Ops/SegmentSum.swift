import OctetCore

/// Sums of the rows of each segment, where segments follow each other.
///
/// **Shapes**: data `[n, I…]`; segments `[n]` i32, which start at 0 and rise by 0 or 1; output
/// `[s, I…]`, where s is one more than the last segment.
///
/// **Types**: float32, int32, which wraps.
///
/// **Throws**: `.invalidArgument` for segments in another order.
///
/// **Source**: TFLite `segment_sum::Eval`, `reference_ops::SegmentSum`.
public enum SegmentSum: SegmentOperator {
  public static let identity = OperatorIdentity.builtin(.segmentSum)

  public static func encode(_ options: NoOptions) -> RawOptions { RawOptions("SegmentSumOptions") }

  public static func inferOutputs(
    _ options: NoOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(2...2)
    let data = try inputs.required(0, "data")
    let segments = try inputs.constantIntegers(1, "segment ids")
    guard let rowCount = data.shape.dimensions.first,
      try inputs.required(1, "segment ids").shape.dimensions == [rowCount]
    else {
      throw OctetError(
        .invalidShape(data.shape.dimensions, reason: "there are \(segments.count) segment ids"))
    }
    var last = -1
    for (row, segment) in segments.enumerated() {
      guard segment == last + 1 || (segment == last && row > 0) else {
        throw OctetError(
          .invalidArgument(name: "segment ids", reason: "\(segment) follows \(last)"))
      }
      last = segment
    }
    return [OutputSpec(data.type, try Shape([last + 1] + data.shape.dimensions.dropFirst()))]
  }

  public static func prepare(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> SegmentPlan {
    try plan(
      data: inputs.required(0, "data"), segments: inputs.required(1, "segment ids"),
      output: outputs[0])
  }

  public static func identityElement<Number: SegmentNumber>(_ type: Number.Type) -> Number { 0 }

  public static func combine<Number: SegmentNumber>(_ left: Number, _ right: Number) -> Number {
    .wrappingSum(left, right)
  }
}
