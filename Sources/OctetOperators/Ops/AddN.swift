import OctetCore
import OctetFormat

/// Sum of two or more tensors of one shape.
///
/// **Types**: float32, int32 (wraps).
///
/// **Source**: TFLite `reference_ops::AddN`.
public enum AddN: OperatorDefinition {
  public typealias Options = NoOptions

  /// The number of inputs and of elements in each.
  public struct Plan: Sendable {
    var inputCount: Int
    var count: Int
    var isFloat: Bool
  }

  public static let identity = OperatorIdentity.builtin(.addN)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly

  public static func encode(_ options: Options) -> RawOptions { RawOptions("AddNOptions") }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(2...Int.max)
    let first = try inputs.required(0, "addend")
    for index in 1..<inputs.count {
      let shape = try inputs.required(index, "addend").shape
      guard shape == first.shape else {
        throw OctetError(.shapesDoNotBroadcast(first.shape.dimensions, shape.dimensions))
      }
    }
    return [OutputSpec(first.type, first.shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let type = outputs[0].type
    for index in 0..<inputs.count {
      let addend = try inputs.required(index, "addend")
      guard addend.type == type else { throw unsupportedTypes(addend, outputs[0]) }
    }
    guard type == .float32 || type == .int32 else { throw unsupportedTypes(outputs[0]) }
    return Plan(
      inputCount: inputs.count, count: outputs[0].shape.elementCount, isFloat: type == .float32)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    if plan.isFloat {
      accumulate(plan, buffers, Float.self) { $0 + $1 }
    } else {
      accumulate(plan, buffers, Int32.self) { $0 &+ $1 }
    }
  }

  private static func accumulate<Element: Numeric & BitwiseCopyable>(
    _ plan: Plan, _ buffers: KernelBuffers, _ type: Element.Type,
    _ add: (Element, Element) -> Element
  ) {
    let output = buffers.output(0, as: type)
    for i in 0..<plan.count { output[i] = 0 }
    for index in 0..<plan.inputCount {
      let input = buffers.input(index, as: type)
      for i in 0..<plan.count { output[i] = add(output[i], input[i]) }
    }
  }
}
