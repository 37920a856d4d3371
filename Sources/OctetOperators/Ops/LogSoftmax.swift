import OctetCore

/// The logarithm of softmax over the innermost dimension.
///
/// **Shapes**: input of rank 1 or more, output alike.
///
/// **Types**: float32, uint8, int8.
///
/// **Quantization**: the output's scale is 1/16 and its zero point the type's highest element.
/// Exponentials and logarithm are computed in fixed point, see `SoftmaxArithmetic`.
///
/// **Source**: TFLite `activations::LogSoftmaxPrepare`, `reference_ops::LogSoftmax`.
public enum LogSoftmax: OperatorDefinition {
  public typealias Options = NoOptions

  /// Rows and arithmetic.
  public struct Plan: Sendable {
    package var layout: RowLayout
    package var arithmetic: Arithmetic

    package enum Arithmetic: Sendable {
      case float
      case uint8(FixedPointLogSoftmax)
      case int8(FixedPointLogSoftmax)
    }
  }

  public static let identity = OperatorIdentity.builtin(.logSoftmax)
  public static let versions = 1...2
  public static let quantization = QuantizationRule.fixed(scale: 1.0 / 16, zeroPoint: 255)

  public static func inferOutputs(
    _ options: NoOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try UnaryPlan.inferOutputs(inputs)
  }

  public static func prepare(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    try inputs.expectCount(1...1)
    let input = try inputs.required(0, "input")
    let layout = try RowLayout(input.shape)
    let arithmetic: Plan.Arithmetic
    switch (input.type, outputs[0].type) {
    case (.float32, .float32):
      arithmetic = .float
    case (.uint8, .uint8):
      try outputs[0].expect(scale: 1.0 / 16, zeroPoint: 255)
      arithmetic = .uint8(try FixedPointLogSoftmax(inputScale: try input.affine().scale))
    case (.int8, .int8):
      try outputs[0].expect(scale: 1.0 / 16, zeroPoint: 127)
      arithmetic = .int8(try FixedPointLogSoftmax(inputScale: try input.affine().scale))
    default:
      throw unsupportedTypes(input, outputs[0])
    }
    return Plan(layout: layout, arithmetic: arithmetic)
  }

  public static func version(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    OperatorVersions.byType(inputs, int8: 2)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let layout = plan.layout
    switch plan.arithmetic {
    case .float:
      layout.forEachRow(
        buffers.input(0, as: Float.self), buffers.output(0, as: Float.self)
      ) { row, result in
        let largest = layout.largest(row, atLeast: -Float.greatestFiniteMagnitude)
        var sum: Float = 0
        for i in 0..<layout.depth { sum += RealFunction.exponential(row[i] - largest) }
        let logarithm = RealFunction.logarithm(sum)
        for i in 0..<layout.depth { result[i] = row[i] - largest - logarithm }
      }
    case .uint8(let arithmetic):
      compute(layout, arithmetic, buffers, UInt8.self)
    case .int8(let arithmetic):
      compute(layout, arithmetic, buffers, Int8.self)
    }
  }

  private static func compute<Element: QuantizedElement>(
    _ layout: RowLayout, _ arithmetic: FixedPointLogSoftmax, _ buffers: KernelBuffers,
    _ type: Element.Type
  ) {
    layout.forEachRow(
      buffers.input(0, as: type), buffers.output(0, as: type)
    ) { row, result in
      let largest = layout.largest(row, atLeast: Element.min)
      arithmetic.compute(row, depth: layout.depth, largest: largest, result)
    }
  }
}

/// Log-softmax on 8-bit elements in fixed point.
package struct FixedPointLogSoftmax: Sendable {
  private let lowestDifference: Int32
  /// From exponents back to element differences.
  private let inverse: QuantizedMultiplier
  /// The exponents of differences from 0 down, and what each adds to the sum of exponentials: those
  /// out of the arithmetic's range add nothing.
  private let exponents: [Int32]
  private let terms: [Int32]

  /// - Throws: `.invalidQuantization` where the scale is out of the arithmetic's range.
  /// - Source: TFLite `PreprocessLogSoftmaxScalingExp`.
  init(inputScale: Float) throws(OctetError) {
    let arithmetic = try SoftmaxArithmetic(beta: 1, inputScale: inputScale)
    let multiplier = arithmetic.multiplier
    guard multiplier.mantissaQ31 > 0 else {
      throw OctetError(.invalidQuantization(reason: "an input scale of \(inputScale)"))
    }
    inverse = try QuantizedMultiplier(
      Double(Int64(1) << Int64(31 - multiplier.exponent)) / Double(multiplier.mantissaQ31))
    lowestDifference = arithmetic.lowestDifference
    let distances = 0...Int32(UInt8.max)
    exponents = distances.map { distance in
      -distance < arithmetic.lowestDifference ? 0 : arithmetic.exponent(-distance)
    }
    terms = distances.map { distance in
      -distance < arithmetic.lowestDifference ? 0 : arithmetic.term(-distance)
    }
  }

  /// Computes one row.
  func compute<Element: QuantizedElement>(
    _ row: UnsafePointer<Element>, depth: Int, largest: Element,
    _ result: UnsafeMutablePointer<Element>
  ) {
    let outputBits: Int32 = 4
    let largest = Int32(truncatingIfNeeded: largest)
    let zeroPoint = Int32(truncatingIfNeeded: Element.max)
    let sum = terms.withUnsafeBufferPointer { terms in
      var sum: Int32 = 0
      for i in 0..<depth { sum &+= terms[Int(largest - Int32(truncatingIfNeeded: row[i]))] }
      return sum
    }
    let logarithm = FixedPoint.logarithm(
      ofAtLeastOne: sum, inputBits: SoftmaxArithmetic.sumBits,
      outputBits: SoftmaxArithmetic.exponentBits)
    // Below this difference the subtraction of the logarithm would leave the exponents' range.
    let floor = max(lowestDifference - 1, inverse.multiply(logarithm &+ Int32.min))
    exponents.withUnsafeBufferPointer { exponents in
      for i in 0..<depth {
        let difference = Int32(truncatingIfNeeded: row[i]) - largest
        guard difference > floor else {
          result[i] = Element.min
          continue
        }
        let steps = FixedPoint.roundingDivideByPowerOfTwo(
          exponents[Int(-difference)] &- logarithm,
          31 - SoftmaxArithmetic.exponentBits - outputBits)
        result[i] = Element(clamping: steps &+ zeroPoint)
      }
    }
  }
}
