import OctetCore

/// Sum of the elements along some axes.
///
/// **Shapes**: see `ReductionOperator`.
///
/// **Types**: float32; int32 and int64, which wrap; bool, whose sum is whether any is true; uint8,
/// int8, int16 quantized.
///
/// **Quantization**: see `QuantizedTotal` for uint8 and `RoundedTotal` for int8 and int16.
///
/// **Source**: TFLite `reduce::EvalSum`.
public enum Sum: ReductionOperator {
  /// Which elements are added up, and the arithmetic.
  public struct Plan: Sendable {
    package var geometry: ReductionGeometry
    package var arithmetic: Arithmetic

    package enum Arithmetic: Sendable {
      case float32
      case int32
      case int64
      case bool
      case uint8(QuantizedTotal)
      case int8(RoundedTotal)
      case int16(RoundedTotal)
    }
  }

  public static let identity = OperatorIdentity.builtin(.sum)
  public static let versions = 1...3
  public static let quantization = QuantizationRule.ownRangeOrInput(0)

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    inputs.optional(0)?.type == .int8 ? 2 : 1
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    let output = outputs[0]
    let geometry = try geometry(options, inputs)
    guard input.type == output.type else { throw unsupportedTypes(input, output) }
    let count = geometry.elementsPerOutput
    let arithmetic: Plan.Arithmetic
    switch input.type {
    case .float32: arithmetic = .float32
    case .int32: arithmetic = .int32
    case .int64: arithmetic = .int64
    case .bool: arithmetic = .bool
    case .uint8:
      arithmetic = .uint8(try QuantizedTotal(input, output, count: count, isMean: false))
    case .int8: arithmetic = .int8(try RoundedTotal(input, output, count: count))
    case .int16: arithmetic = .int16(try RoundedTotal(input, output, count: count))
    default: throw unsupportedTypes(input, output)
    }
    return Plan(geometry: geometry, arithmetic: arithmetic)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.arithmetic {
    case .float32: addPlain(plan, buffers, Float.self) { $0 + $1 }
    case .int32: addPlain(plan, buffers, Int32.self) { $0 &+ $1 }
    case .int64: addPlain(plan, buffers, Int64.self) { $0 &+ $1 }
    case .bool: addPlain(plan, buffers, UInt8.self) { $0 != 0 || $1 != 0 ? 1 : 0 }
    case .uint8(let total): addQuantized(plan, buffers, total.callAsFunction, UInt8.self)
    case .int8(let total): addQuantized(plan, buffers, total.callAsFunction, Int8.self)
    case .int16(let total): addQuantized(plan, buffers, total.callAsFunction, Int16.self)
    }
  }

  private static func addPlain<Element: Numeric & BitwiseCopyable>(
    _ plan: Plan, _ buffers: KernelBuffers, _ type: Element.Type,
    _ add: (Element, Element) -> Element
  ) {
    let input = buffers.input(0, as: type)
    let output = buffers.output(0, as: type)
    plan.geometry.fold(input, from: Element.zero, add) { output[$0] = $1 }
  }

  private static func addQuantized<Element: QuantizedElement>(
    _ plan: Plan, _ buffers: KernelBuffers, _ total: (Int32) -> Int32, _ type: Element.Type
  ) {
    let input = buffers.input(0, as: type)
    let output = buffers.output(0, as: type)
    plan.geometry.fold(
      input, from: Int32(0), { $0 &+ Int32(truncatingIfNeeded: $1) },
      { output[$0] = Element(truncatingIfNeeded: total($1)) })
  }
}
