import OctetCore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Product of the elements along some axes.
///
/// **Shapes**: see `ReductionOperator`.
///
/// **Types**: float32; int32, int64 and uint8, which wrap; bool, whose product is whether all are
/// true; int8 and int16 quantized.
///
/// **Quantization**: the first of n values times each further one, rescaled after each and once at
/// the end by `s_in / s_out^(1/n)`, so that the accumulator stays in range.
///
/// **Source**: TFLite `reduce::EvalProd`, `reference_ops::QuantizedReduceProd`.
public enum ReduceProd: ReductionOperator {
  /// Which elements are multiplied, and the arithmetic.
  public struct Plan: Sendable {
    package var geometry: ReductionGeometry
    package var arithmetic: Arithmetic

    package enum Arithmetic: Sendable {
      case float32
      case int32
      case int64
      case uint8
      case bool
      case int8(QuantizedProduct)
      case int16(QuantizedProduct)
    }
  }

  /// The arithmetic of quantized elements.
  public struct QuantizedProduct: Sendable {
    var inputZeroPoint: Int32
    var step: QuantizedMultiplier
    var outputZeroPoint: Int32
    var minimum: Int32
    var maximum: Int32

    init(_ input: TensorSpec, _ output: TensorSpec, count: Int) throws(OctetError) {
      let (inputScale, inputZeroPoint) = try input.affine()
      let (outputScale, outputZeroPoint) = try output.affine()
      self.inputZeroPoint = inputZeroPoint
      self.outputZeroPoint = outputZeroPoint
      let root = pow(Double(outputScale), 1 / Double(max(count, 1)))
      step = try QuantizedMultiplier(Double(inputScale) / root)
      minimum = Int32(clamping: output.type.quantizedRange.lowerBound)
      maximum = Int32(clamping: output.type.quantizedRange.upperBound)
    }
  }

  public static let identity = OperatorIdentity.builtin(.reduceProd)
  public static let versions = 1...2
  public static let quantization = QuantizationRule.ownRange

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    switch inputs.optional(0)?.type {
    case .int8, .int16: 2
    default: 1
    }
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
    case .uint8: arithmetic = .uint8
    case .bool: arithmetic = .bool
    case .int8: arithmetic = .int8(try QuantizedProduct(input, output, count: count))
    case .int16: arithmetic = .int16(try QuantizedProduct(input, output, count: count))
    default: throw unsupportedTypes(input, output)
    }
    return Plan(geometry: geometry, arithmetic: arithmetic)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.arithmetic {
    case .float32: multiplyPlain(plan, buffers, Float(1)) { $0 * $1 }
    case .int32: multiplyPlain(plan, buffers, Int32(1)) { $0 &* $1 }
    case .int64: multiplyPlain(plan, buffers, Int64(1)) { $0 &* $1 }
    case .uint8: multiplyPlain(plan, buffers, UInt8(1)) { $0 &* $1 }
    case .bool: multiplyPlain(plan, buffers, UInt8(1)) { $0 != 0 && $1 != 0 ? 1 : 0 }
    case .int8(let product): multiplyQuantized(plan, buffers, product, Int8.self)
    case .int16(let product): multiplyQuantized(plan, buffers, product, Int16.self)
    }
  }

  private static func multiplyPlain<Element: BitwiseCopyable>(
    _ plan: Plan, _ buffers: KernelBuffers, _ one: Element,
    _ multiply: (Element, Element) -> Element
  ) {
    let input = buffers.input(0, as: Element.self)
    let output = buffers.output(0, as: Element.self)
    plan.geometry.fold(input, from: one, multiply) { output[$0] = $1 }
  }

  private static func multiplyQuantized<Element: QuantizedElement>(
    _ plan: Plan, _ buffers: KernelBuffers, _ product: QuantizedProduct, _ type: Element.Type
  ) {
    let input = buffers.input(0, as: type)
    let output = buffers.output(0, as: type)
    plan.geometry.fold(
      input, from: Int32?.none,
      { result, element in
        let value = Int32(truncatingIfNeeded: element) &- product.inputZeroPoint
        guard let result else { return value }
        return product.step.multiply(Int64(result) &* Int64(value))
      },
      { index, result in
        let rescaled = product.step.multiply(Int64(result ?? 0)) &+ product.outputZeroPoint
        output[index] = Element(
          truncatingIfNeeded: min(max(rescaled, product.minimum), product.maximum))
      })
  }
}
