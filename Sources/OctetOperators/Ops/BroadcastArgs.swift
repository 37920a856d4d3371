import OctetCore

/// The shape that two shapes broadcast to.
///
/// **Shapes**: vectors; the output has the length of the longer.
///
/// **Types**: int32, int64, the same for all.
///
/// **Throws**: `.shapesDoNotBroadcast` where constant shapes don't. Of extents that are computed at
/// run time, the first is taken where they don't fit.
///
/// **Source**: TFLite `reference_ops::BroadcastArgs`.
public enum BroadcastArgs: OperatorDefinition {
  public typealias Options = NoOptions

  /// The ranks of the two shapes.
  public struct Plan: Sendable {
    var firstRank: Int
    var secondRank: Int
    var isWide: Bool
  }

  public static let identity = OperatorIdentity.builtin(.broadcastArgs)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.notReal

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(2...2)
    let first = try inputs.required(0, "first shape")
    let second = try inputs.required(1, "second shape")
    for spec in [first, second] where spec.shape.rank != 1 {
      throw OctetError(
        .invalidShape(spec.shape.dimensions, reason: "'\(spec.name)' must be a vector"))
    }
    return [OutputSpec(first.type, .vector(max(first.shape[0], second.shape[0])))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let first = try inputs.required(0, "first shape")
    let second = try inputs.required(1, "second shape")
    guard first.type == .int32 || first.type == .int64, second.type == first.type,
      outputs[0].type == first.type
    else { throw unsupportedTypes(first, second, outputs[0]) }
    if first.constant != nil, second.constant != nil {
      _ = try Shape.broadcast(
        Shape(inputs.constantIntegers(0, "first shape")),
        Shape(inputs.constantIntegers(1, "second shape")))
    }
    return Plan(
      firstRank: first.shape[0], secondRank: second.shape[0], isWide: first.type == .int64)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    if plan.isWide {
      broadcast(plan, buffers, Int64.self)
    } else {
      broadcast(plan, buffers, Int32.self)
    }
  }

  private static func broadcast<Extent: FixedWidthInteger & BitwiseCopyable>(
    _ plan: Plan, _ buffers: KernelBuffers, _ type: Extent.Type
  ) {
    let first = buffers.input(0, as: type)
    let second = buffers.input(1, as: type)
    let output = buffers.output(0, as: type)
    let rank = max(plan.firstRank, plan.secondRank)
    for axis in 0..<rank {
      let firstAxis = axis - (rank - plan.firstRank)
      let secondAxis = axis - (rank - plan.secondRank)
      let left = firstAxis < 0 ? 1 : first[firstAxis]
      let right = secondAxis < 0 ? 1 : second[secondAxis]
      output[axis] = left == 1 ? right : left
    }
  }
}
