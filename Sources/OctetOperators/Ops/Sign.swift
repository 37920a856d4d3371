import OctetCore

/// −1, 0 or 1; NaN stays NaN.
///
/// **Types**: float32, float64, int32.
///
/// **Source**: TFLite `sign::Sign`.
public enum Sign: OperatorDefinition {
  public typealias Options = NoOptions

  /// The number of elements and their type.
  public struct Plan: Sendable {
    var count: Int
    var type: ElementType
  }

  public static let identity = OperatorIdentity.builtin(.sign)
  public static let versions = 1...2
  public static let quantization = QuantizationRule.floatOnly

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    inputs.optional(0)?.type == .int32 ? 2 : 1
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    let input = try inputs.required(0, "input")
    return [OutputSpec(input.type, input.shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    switch input.type {
    case .float32, .float64, .int32: break
    default: throw unsupportedTypes(input, outputs[0])
    }
    try expectSameType(input, outputs[0])
    return Plan(count: input.shape.elementCount, type: input.type)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.type {
    case .float32: write(plan, buffers, Float.self)
    case .float64: write(plan, buffers, Double.self)
    default: write(plan, buffers, Int32.self)
    }
  }

  private static func write<Number: SignedNumeric & Comparable & BitwiseCopyable>(
    _ plan: Plan, _ buffers: KernelBuffers, _ type: Number.Type
  ) {
    let input = buffers.input(0, as: type)
    let output = buffers.output(0, as: type)
    for i in 0..<plan.count {
      let value = input[i]
      // NaN is none of them, and stays; so do zeros of either sign, which count as 0.
      output[i] = value > 0 ? 1 : (value < 0 ? -1 : (value == 0 ? 0 : value))
    }
  }
}
