import OctetCore

/// A tensor repeated to a given shape by NumPy's rules.
///
/// **Shapes**: input of any rank, shape a constant int32 or int64 vector.
///
/// **Types**: any type of 1, 2, 4 or 8 bytes, complex128.
///
/// **Quantization**: values are copied as stored.
///
/// **Source**: TFLite `reference_ops::BroadcastTo`.
public enum BroadcastTo: OperatorDefinition {
  public typealias Options = NoOptions

  /// Where the input's elements lie, and their width.
  public struct Plan: Sendable {
    var broadcasting: Broadcasting
    var width: ElementWidth
  }

  public static let identity = OperatorIdentity.builtin(.broadcastTo)
  // Version 1 had another operator code and was withdrawn.
  public static let versions = 2...4
  public static let quantization = QuantizationRule.copiesInput(0)

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    switch inputs.optional(0)?.type {
    case .int8, .int16: 3
    default: 2
    }
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    [OutputSpec(try inputs.required(0, "input").type, try broadcasting(inputs).shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    guard input.type == outputs[0].type else { throw unsupportedTypes(input, outputs[0]) }
    if input.type == .complex128 {
      // Pairs of 8 bytes.
      return Plan(
        broadcasting: try Broadcasting(
          Shape(input.shape.dimensions + [2]), to: Shape(outputs[0].shape.dimensions + [2])),
        width: .eight)
    }
    guard let width = ElementWidth(input.type) else { throw unsupportedTypes(input, outputs[0]) }
    return Plan(broadcasting: try broadcasting(inputs), width: width)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.width {
    case .one: plan.broadcasting.copy(buffers, UInt8.self)
    case .two: plan.broadcasting.copy(buffers, UInt16.self)
    case .four: plan.broadcasting.copy(buffers, UInt32.self)
    case .eight: plan.broadcasting.copy(buffers, UInt64.self)
    }
  }

  private static func broadcasting(_ inputs: Operands) throws(OctetError) -> Broadcasting {
    try inputs.expectCount(2...2)
    let target = try Shape(inputs.constantIntegers(1, "shape"))
    return try Broadcasting(inputs.required(0, "input").shape, to: target)
  }
}
