import OctetCore

/// Real numbers to quantized values, or quantized values to another scale, zero point and type.
///
/// **Types**: float32 to uint8, int8, int16, per tensor or per channel; uint8, int8 to uint8, int8,
/// int16; int16 to int8, int16, int32; int32 to int8, int16, each per tensor.
///
/// **Quantization**: from float `clamp(zp + round(x / s))` in float32, halves away from zero; from
/// integers `clamp(zp_out + requantize(q − zp_in))` by `s_in / s_out` in double. NaN and
/// values whose steps don't fit in 32 bits count as the lowest int32, as on x86.
///
/// **Source**: TFLite `reference_ops::AffineQuantize`, `PerChannelQuantize`, `Requantize`.
public enum Quantize: OperatorDefinition {
  public typealias Options = NoOptions

  /// The types, the number of elements and the arithmetic.
  public struct Plan: Sendable {
    package var count: Int
    package var outputType: ElementType
    package var arithmetic: Arithmetic

    package enum Arithmetic: Sendable {
      case fromFloat(ChannelwiseQuantization)
      case requantize(from: ElementType, inputZeroPoint: Int32, QuantizedOutput)
    }
  }

  public static let identity = OperatorIdentity.builtin(.quantize)
  public static let versions = 1...3
  public static let quantization = QuantizationRule.ownRange

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    if let scales = outputs.first?.quantization?.scales, scales.count > 1 { return 3 }
    return outputs.first?.type == .int16 ? 2 : 1
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    let input = try inputs.required(0, "input")
    return [OutputSpec(try inputs.declaredOutputType(), input.shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    let output = outputs[0]
    let arithmetic: Plan.Arithmetic
    switch (input.type, output.type) {
    case (.float32, .uint8), (.float32, .int8), (.float32, .int16):
      arithmetic = .fromFloat(try ChannelwiseQuantization(output))
    case (.uint8, .uint8), (.uint8, .int8), (.uint8, .int16),
      (.int8, .uint8), (.int8, .int8), (.int8, .int16),
      (.int16, .int8), (.int16, .int16), (.int16, .int32), (.int32, .int8), (.int32, .int16):
      let (inputScale, inputZeroPoint) = try input.affine()
      let factor = Double(inputScale) / Double(try output.affine().scale)
      arithmetic = .requantize(
        from: input.type, inputZeroPoint: inputZeroPoint,
        try QuantizedOutput(output, activation: .none, factor: factor))
    default:
      throw unsupportedTypes(input, output)
    }
    return Plan(
      count: output.shape.elementCount, outputType: output.type, arithmetic: arithmetic)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.outputType {
    case .uint8: write(plan, buffers, UInt8.self)
    case .int8: write(plan, buffers, Int8.self)
    case .int16: write(plan, buffers, Int16.self)
    default: write(plan, buffers, Int32.self)
    }
  }

  private static func write<Result: FixedWidthInteger & BitwiseCopyable>(
    _ plan: Plan, _ buffers: KernelBuffers, _ type: Result.Type
  ) {
    switch plan.arithmetic {
    case .fromFloat(let quantization):
      let input = buffers.input(0, as: Float.self)
      let output = buffers.output(0, as: type)
      quantization.forEachRun(count: plan.count) { run, scale, zeroPoint in
        for i in run {
          let steps = (input[i] / scale).rounded(.toNearestOrAwayFromZero)
          output[i] = Result(clamping: wholeSteps(steps) &+ zeroPoint)
        }
      }
    case .requantize(.uint8, let zeroPoint, let result):
      requantize(plan, buffers, UInt8.self, type, zeroPoint, result)
    case .requantize(.int8, let zeroPoint, let result):
      requantize(plan, buffers, Int8.self, type, zeroPoint, result)
    case .requantize(.int16, let zeroPoint, let result):
      requantize(plan, buffers, Int16.self, type, zeroPoint, result)
    case .requantize(_, let zeroPoint, let result):
      requantize(plan, buffers, Int32.self, type, zeroPoint, result)
    }
  }

  /// Steps as an integer, with what the recorded kernels make of NaN and of values beyond int32 on
  /// x86: the lowest integer, to which the zero point is then added with wrap-around.
  @inline(__always)
  private static func wholeSteps(_ steps: Float) -> Int32 {
    steps >= -0x1p31 && steps < 0x1p31 ? Int32(steps) : Int32.min
  }

  private static func requantize<
    Value: FixedWidthInteger & BitwiseCopyable, Result: FixedWidthInteger & BitwiseCopyable
  >(
    _ plan: Plan, _ buffers: KernelBuffers, _ valueType: Value.Type, _ resultType: Result.Type,
    _ zeroPoint: Int32, _ result: QuantizedOutput
  ) {
    let input = buffers.input(0, as: valueType)
    let output = buffers.output(0, as: resultType)
    for i in 0..<plan.count {
      output[i] = Result(
        truncatingIfNeeded: result(Int32(truncatingIfNeeded: input[i]) &- zeroPoint))
    }
  }
}
