import OctetCore

/// A tensor of a given shape whose elements all have one value.
///
/// **Shapes**: dims a constant int32 or int64 vector, value a scalar.
///
/// **Types**: any type of 1, 2, 4 or 8 bytes, strings.
///
/// **Quantization**: the value is copied as stored; it and the output have one scale and zero point.
///
/// **Source**: TFLite `reference_ops::Fill`.
public enum Fill: OperatorDefinition {
  public typealias Options = NoOptions

  /// The number of elements and their width.
  public struct Plan: Sendable {
    var count: Int
    var width: ElementWidth
  }

  public static let identity = OperatorIdentity.builtin(.fill)
  public static let versions = 1...5
  public static let quantization = QuantizationRule.sameAsInput(1)

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    switch inputs.optional(1)?.type {
    case .float16: 4
    case .int8, .int16: 3
    case .bool, .string: 2
    default: 1
    }
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(2...2)
    let dims = try inputs.required(0, "dims")
    let value = try inputs.required(1, "value")
    guard dims.shape.rank == 1 else {
      throw OctetError(.invalidShape(dims.shape.dimensions, reason: "dims must be a vector"))
    }
    guard value.shape.elementCount == 1 else {
      throw OctetError(.invalidShape(value.shape.dimensions, reason: "value must be a scalar"))
    }
    return [OutputSpec(value.type, try Shape(inputs.constantIntegers(0, "dims")))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let value = try inputs.required(1, "value")
    guard value.type == outputs[0].type, let width = ElementWidth(value.type) else {
      throw unsupportedTypes(value, outputs[0])
    }
    return Plan(count: outputs[0].shape.elementCount, width: width)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.width {
    case .one: fill(plan, buffers, UInt8.self)
    case .two: fill(plan, buffers, UInt16.self)
    case .four: fill(plan, buffers, UInt32.self)
    case .eight: fill(plan, buffers, UInt64.self)
    }
  }

  private static func fill<Element: BitwiseCopyable>(
    _ plan: Plan, _ buffers: KernelBuffers, _ type: Element.Type
  ) {
    let value = buffers.input(1, as: type)[0]
    let output = buffers.output(0, as: type)
    for i in 0..<plan.count { output[i] = value }
  }
}
