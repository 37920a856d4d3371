import OctetCore
import OctetFormat

/// Quantized values to the real numbers that they stand for.
///
/// **Types**: uint8, int8, int4 per tensor or per channel, int16 per tensor; float16 without scale.
/// The output is float32.
///
/// **Quantization**: `s · (q − zp)` in float32.
///
/// **Source**: TFLite `reference_ops::Dequantize`, `PerChannelDequantize`.
public enum Dequantize: OperatorDefinition {
  public typealias Options = NoOptions

  /// The number of elements, their type and its scale.
  public struct Plan: Sendable {
    package var count: Int
    package var arithmetic: Arithmetic

    package enum Arithmetic: Sendable {
      case float16
      case int4(ChannelwiseQuantization)
      case uint8(ChannelwiseQuantization)
      case int8(ChannelwiseQuantization)
      case int16(ChannelwiseQuantization)
    }
  }

  public static let identity = OperatorIdentity.builtin(.dequantize)
  public static let versions = 1...6
  public static let quantization = QuantizationRule.floatOnly

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("DequantizeOptions")
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    guard let input = inputs.optional(0) else { return 1 }
    switch input.type {
    case .int4: return 6
    case .int16, .float16: return 3
    case .int8: return (input.quantization?.scales.count ?? 1) > 1 ? 5 : 2
    default: return 1
    }
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    return [OutputSpec(.float32, try inputs.required(0, "input").shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    guard outputs[0].type == .float32 else { throw unsupportedTypes(input, outputs[0]) }
    let arithmetic: Plan.Arithmetic
    switch input.type {
    case .float16: arithmetic = .float16
    case .int4: arithmetic = .int4(try ChannelwiseQuantization(input))
    case .uint8: arithmetic = .uint8(try ChannelwiseQuantization(input))
    case .int8: arithmetic = .int8(try ChannelwiseQuantization(input))
    case .int16: arithmetic = .int16(try ChannelwiseQuantization(input))
    default: throw unsupportedTypes(input, outputs[0])
    }
    return Plan(count: input.shape.elementCount, arithmetic: arithmetic)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.arithmetic {
    case .float16:
      let input = buffers.input(0, as: UInt16.self)
      let output = buffers.output(0, as: Float.self)
      for i in 0..<plan.count { output[i] = Float(halfBits: input[i]) }
    case .int4(let quantization):
      let input = buffers.input(0, as: UInt8.self)
      let output = buffers.output(0, as: Float.self)
      quantization.forEachRun(count: plan.count) { run, scale, zeroPoint in
        for i in run {
          output[i] = scale * Float(Int32(PackedIntegers.element(i, of: input)) &- zeroPoint)
        }
      }
    case .uint8(let quantization): dequantize(plan, buffers, quantization, UInt8.self)
    case .int8(let quantization): dequantize(plan, buffers, quantization, Int8.self)
    case .int16(let quantization): dequantize(plan, buffers, quantization, Int16.self)
    }
  }

  private static func dequantize<Element: QuantizedElement>(
    _ plan: Plan, _ buffers: KernelBuffers, _ quantization: ChannelwiseQuantization,
    _ type: Element.Type
  ) {
    let input = buffers.input(0, as: type)
    let output = buffers.output(0, as: Float.self)
    quantization.forEachRun(count: plan.count) { run, scale, zeroPoint in
      for i in run {
        output[i] = scale * Float(Int32(truncatingIfNeeded: input[i]) &- zeroPoint)
      }
    }
  }
}
