import OctetCore

/// Mean of the elements along some axes.
///
/// **Shapes**: see `ReductionOperator`.
///
/// **Types**: float32; int32 and int64, summed in 64 bits and divided towards zero; uint8, int8, int16 quantized.
///
/// **Quantization**: see `QuantizedTotal`.
///
/// **Source**: TFLite `reference_ops::Mean`, `reference_ops::QuantizedMeanOrSum`.
public enum Mean: ReductionOperator {
  /// Which elements are added up, and the arithmetic.
  public struct Plan: Sendable {
    package var geometry: ReductionGeometry
    package var arithmetic: Arithmetic

    package enum Arithmetic: Sendable {
      case float32
      case int32
      case int64
      case uint8(QuantizedTotal)
      case int8(QuantizedTotal)
      case int16(QuantizedTotal)
    }
  }

  public static let identity = OperatorIdentity.builtin(.mean)
  public static let versions = 1...3
  public static let quantization = QuantizationRule.ownRangeOrInput(0)

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    versionByInputType(inputs)
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    let output = outputs[0]
    let geometry = try geometry(options, inputs)
    guard input.type == output.type else { throw unsupportedTypes(input, output) }
    let arithmetic: Plan.Arithmetic
    switch input.type {
    case .float32: arithmetic = .float32
    case .int32: arithmetic = .int32
    case .int64: arithmetic = .int64
    case .uint8: arithmetic = .uint8(try total())
    case .int8: arithmetic = .int8(try total())
    case .int16: arithmetic = .int16(try total())
    default: throw unsupportedTypes(input, output)
    }
    return Plan(geometry: geometry, arithmetic: arithmetic)

    func total() throws(OctetError) -> QuantizedTotal {
      try QuantizedTotal(
        input, output, count: geometry.elementsPerOutput, isMean: true)
    }
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.arithmetic {
    case .float32:
      let input = buffers.input(0, as: Float.self)
      let output = buffers.output(0, as: Float.self)
      let count = Float(plan.geometry.elementsPerOutput)
      plan.geometry.fold(input, from: Float(0), { $0 + $1 }, { output[$0] = $1 / count })
    case .int32: averageIntegers(plan, buffers, Int32.self)
    case .int64: averageIntegers(plan, buffers, Int64.self)
    case .uint8(let total): addQuantized(plan, buffers, total, UInt8.self)
    case .int8(let total): addQuantized(plan, buffers, total, Int8.self)
    case .int16(let total): addQuantized(plan, buffers, total, Int16.self)
    }
  }

  private static func averageIntegers<Integer: FixedWidthInteger & BitwiseCopyable>(
    _ plan: Plan, _ buffers: KernelBuffers, _ type: Integer.Type
  ) {
    let input = buffers.input(0, as: type)
    let output = buffers.output(0, as: type)
    let count = Int64(max(plan.geometry.elementsPerOutput, 1))
    plan.geometry.fold(
      input, from: Int64(0), { $0 &+ Int64($1) },
      { output[$0] = Integer(truncatingIfNeeded: $1 / count) })
  }

  private static func addQuantized<Element: QuantizedElement>(
    _ plan: Plan, _ buffers: KernelBuffers, _ total: QuantizedTotal, _ type: Element.Type
  ) {
    let input = buffers.input(0, as: type)
    let output = buffers.output(0, as: type)
    plan.geometry.fold(
      input, from: Int32(0), { $0 &+ Int32(truncatingIfNeeded: $1) },
      { output[$0] = Element(truncatingIfNeeded: total($1)) })
  }
}
