import OctetCore

/// A tensor with a box of it replaced, whose place is computed at run time.
///
/// **Shapes**: operand any, update of the same rank and nowhere larger, start one index for each
/// axis, i32 or i64. A start that would let the update reach outside is moved inside.
///
/// **Types**: any type of 1, 2, 4 or 8 bytes.
///
/// **Quantization**: none; elements are copied.
///
/// **Source**: TFLite `dynamic_update_slice::Eval`.
public enum DynamicUpdateSlice: OperatorDefinition {
  public typealias Options = NoOptions

  /// The copy of the update to the start of the operand, and how far it may move.
  public struct Plan: Sendable {
    var operand: MovementPlan
    var update: StridedCopy
    var width: ElementWidth
    var strides: [Int]
    /// The highest start along each axis.
    var limits: [Int]
    var start: IndexReader
  }

  public static let identity = OperatorIdentity.builtin(.dynamicUpdateSlice)
  public static let versions = 1...6
  public static let quantization = QuantizationRule.sharedByAll

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("DynamicUpdateSliceOptions")
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    inputs.optional(2)?.type == .int64 ? 2 : 1
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(3...3)
    let operand = try inputs.required(0, "operand")
    let update = try inputs.required(1, "update").shape
    let start = try inputs.required(2, "start").shape
    guard update.rank == operand.shape.rank,
      zip(update.dimensions, operand.shape.dimensions).allSatisfy({ $0 <= $1 })
    else {
      throw OctetError(
        .invalidShape(
          update.dimensions, reason: "the update does not fit in an operand \(operand.shape)"))
    }
    guard start.dimensions == [operand.shape.rank] else {
      throw OctetError(
        .invalidShape(start.dimensions, reason: "there must be one start for each axis"))
    }
    return [OutputSpec(operand.type, operand.shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let operand = try inputs.required(0, "operand")
    let update = try inputs.required(1, "update")
    let start = try inputs.required(2, "start")
    try expectSameType(operand, outputs[0])
    try expectSameType(update, outputs[0])
    guard start.type == .int32 || start.type == .int64, let reader = IndexReader(start.type)
    else { throw unsupportedTypes(operand, start) }
    let width = try elementWidth(operand)
    return Plan(
      operand: try MovementPlan(copying: operand, input: 0, width: width),
      update: try StridedCopy(
        extents: update.shape.dimensions, source: StridedCopy.Placement(update.shape),
        destination: StridedCopy.Placement(operand.shape)),
      width: width, strides: operand.shape.strides,
      limits: zip(operand.shape.dimensions, update.shape.dimensions).map { $0 - $1 },
      start: reader)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    plan.operand.run(buffers)
    var offset = 0
    for (axis, limit) in plan.limits.enumerated() {
      let start = min(max(plan.start.read(buffers, 2, at: axis), 0), limit)
      offset &+= start &* plan.strides[axis]
    }
    let output = buffers.outputBytes(0)
    let first = min(offset &* plan.width.rawValue, output.count)
    // The box was checked at offset 0, and limits keep it inside at any other.
    plan.update.run(
      from: buffers.inputBytes(1),
      to: UnsafeMutableRawBufferPointer(rebasing: output[first...]), width: plan.width)
  }
}
