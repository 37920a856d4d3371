import OctetCore

/// A segment operator whose segments come in any order.
///
/// **Shapes**: data `[N…, I…]`; segments `[N…]` i32; number of segments s, one value i32; output
/// `[s, I…]`.
///
/// **Types**: float32, int32, which wraps.
///
/// **Throws**: `.invalidArgument` where constant segments lie above the number of segments; those
/// computed at run time are left out, as negative ones always are.
public protocol UnsortedSegmentOperator: SegmentOperator {}

extension UnsortedSegmentOperator {
  public static func inferOutputs(
    _ options: NoOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(3...3)
    let data = try inputs.required(0, "data")
    let segments = try inputs.required(1, "segment ids").shape
    let count = try inputs.constantInteger(2, "number of segments")
    guard data.shape.dimensions.starts(with: segments.dimensions) else {
      throw OctetError(
        .invalidShape(
          segments.dimensions, reason: "segment ids do not fit data of shape \(data.shape)"))
    }
    return [OutputSpec(data.type, try Shape([count] + data.shape.dimensions[segments.rank...]))]
  }

  public static func prepare(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> SegmentPlan {
    let segments = try inputs.required(1, "segment ids")
    let plan = try plan(
      data: inputs.required(0, "data"), segments: segments, output: outputs[0])
    if segments.constant != nil {
      for segment in try inputs.constantIntegers(1, "segment ids")
      where segment >= plan.segmentCount {
        throw OctetError(
          .invalidArgument(
            name: "segment ids", reason: "\(segment) is none of \(plan.segmentCount) segments"))
      }
    }
    return plan
  }
}
