import OctetCore

/// The input with a box replaced, which begins where scalars say, moved so that it lies inside.
///
/// **Shapes**: input any; update of the same rank, no larger; one scalar start for each axis.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes; starts int32, int64, uint32 or uint64.
///
/// **Source**: the StableHLO specification, `dynamic_update_slice`.
public enum StableHLODynamicUpdateSlice: StableHLOOperator {
  public typealias Options = NoOptions

  /// Where the box begins and how it is copied.
  public struct Plan: Sendable {
    var start: BoxStart
    var whole: MovementPlan
    var copy: StridedCopy
    var width: ElementWidth
    var isUpdateEmpty: Bool
  }

  public static let identity = OperatorIdentity.builtin(.stablehloDynamicUpdateSlice)
  public static let quantization = QuantizationRule.sharedByAll

  public static func inferOutputs(
    _ options: NoOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let input = try inputs.required(0, "input")
    return [OutputSpec(input.type, input.shape)]
  }

  public static func prepare(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    let update = try inputs.required(1, "update")
    try expectSameType(input, outputs[0])
    try expectSameType(input, update)
    let width = try elementWidth(input)
    return Plan(
      start: try BoxStart(input.shape, extents: update.shape.dimensions, inputs, first: 2),
      whole: try MovementPlan(copying: input, input: 0, width: width),
      copy: try StridedCopy(
        extents: update.shape.dimensions, source: StridedCopy.Placement(update.shape),
        destination: StridedCopy.Placement(input.shape)),
      width: width, isUpdateEmpty: update.shape.elementCount == 0)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    plan.whole.run(buffers)
    guard !plan.isUpdateEmpty else { return }
    let start = plan.start.position(buffers) &* plan.width.rawValue
    plan.copy.run(
      from: buffers.inputBytes(1),
      to: UnsafeMutableRawBufferPointer(rebasing: buffers.outputBytes(0)[start...]),
      width: plan.width)
  }
}
