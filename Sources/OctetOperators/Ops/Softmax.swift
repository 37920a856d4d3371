import OctetCore
import OctetFormat

/// `exp(beta · x)` divided by its sum over the innermost dimension.
///
/// **Shapes**: input of rank 1 or more, output alike.
///
/// **Types**: float32; uint8 and int8, also with int16 output; int16.
///
/// **Quantization**: outputs are spread over the whole type: scale 1/256 with the lowest element as
/// zero point, or 1/32768 for int16. 8-bit inputs go through fixed-point exponentials, see
/// `SoftmaxArithmetic`; 16-bit inputs through tables, see `WideSoftmax`.
///
/// **Source**: TFLite `activations::SoftmaxPrepare`, `reference_ops::Softmax`. Where a row's sum is above
/// 512, so that 8-bit results round to 0 or 1, the source shifts by 32 bits or more, which C++ leaves
/// undefined; here the shift leaves 0.
public enum Softmax: OperatorDefinition {
  /// The field of `SoftmaxOptions`.
  public struct Options: Hashable, Sendable {
    /// What exponents are multiplied by.
    public var beta: Float

    /// Options.
    public init(beta: Float = 1) {
      self.beta = beta
    }
  }

  /// Rows and arithmetic.
  public struct Plan: Sendable {
    package var layout: RowLayout
    package var arithmetic: Arithmetic

    package enum Arithmetic: Sendable {
      case float(beta: Float)
      case uint8(SoftmaxArithmetic, output: ElementType)
      case int8(SoftmaxArithmetic, output: ElementType)
      case int16(WideSoftmax)
    }
  }

  public static let identity = OperatorIdentity.builtin(.softmax)
  public static let versions = 1...3
  public static let quantization = QuantizationRule.fixed(scale: 1.0 / 256, zeroPoint: 0)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    Options(beta: try raw.table(named: "SoftmaxOptions").float("beta", default: 0))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("SoftmaxOptions", ["beta": .real(Double(options.beta))])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    let input = try inputs.required(0, "input")
    return [OutputSpec(inputs.declaredOutputTypes.first ?? input.type, input.shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    try inputs.expectCount(1...1)
    let input = try inputs.required(0, "input")
    let layout = try RowLayout(input.shape)
    return Plan(layout: layout, arithmetic: try arithmetic(options, input, outputs[0]))
  }

  private static func arithmetic(
    _ options: Options, _ input: TensorSpec, _ output: TensorSpec
  ) throws(OctetError) -> Plan.Arithmetic {
    func fixedPoint() throws(OctetError) -> SoftmaxArithmetic {
      try SoftmaxArithmetic(beta: Double(options.beta), inputScale: try input.affine().scale)
    }
    switch (input.type, output.type) {
    case (.float32, .float32):
      return .float(beta: options.beta)
    case (.uint8, .uint8), (.uint8, .int16):
      return .uint8(try fixedPoint(), output: output.type)
    case (.int8, .int8):
      try output.expect(scale: 1.0 / 256, zeroPoint: -128, tolerance: 1e-3)
      return .int8(try fixedPoint(), output: .int8)
    case (.int8, .int16):
      return .int8(try fixedPoint(), output: .int16)
    case (.int16, .int16):
      try output.expect(scale: 1.0 / 32768, zeroPoint: 0, tolerance: 1e-3)
      let scale = try input.symmetricScale()
      return .int16(try WideSoftmax(beta: options.beta, inputScale: scale))
    default:
      throw unsupportedTypes(input, output)
    }
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    OperatorVersions.byType(inputs, int8: 2, int16: 3)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.arithmetic {
    case .float(let beta):
      computeFloat(plan.layout, beta, buffers)
    case .uint8(let arithmetic, .int16):
      compute(plan.layout, arithmetic, buffers, UInt8.self, Int16.self)
    case .uint8(let arithmetic, _):
      compute(plan.layout, arithmetic, buffers, UInt8.self, UInt8.self)
    case .int8(let arithmetic, .int16):
      compute(plan.layout, arithmetic, buffers, Int8.self, Int16.self)
    case .int8(let arithmetic, _):
      compute(plan.layout, arithmetic, buffers, Int8.self, Int8.self)
    case .int16(let arithmetic):
      plan.layout.forEachRow(
        buffers.input(0, as: Int16.self), buffers.output(0, as: Int16.self)
      ) { row, result in
        arithmetic.compute(row, depth: plan.layout.depth, result)
      }
    }
  }

  private static func computeFloat(_ layout: RowLayout, _ beta: Float, _ buffers: KernelBuffers) {
    layout.forEachRow(
      buffers.input(0, as: Float.self), buffers.output(0, as: Float.self)
    ) { row, result in
      let largest = layout.largest(row, atLeast: -Float.greatestFiniteMagnitude)
      var sum: Float = 0
      for i in 0..<layout.depth {
        result[i] = RealFunction.exponential((row[i] - largest) * beta)
        sum += result[i]
      }
      for i in 0..<layout.depth { result[i] /= sum }
    }
  }

  private static func compute<Input: QuantizedElement, Output: QuantizedElement>(
    _ layout: RowLayout, _ arithmetic: SoftmaxArithmetic, _ buffers: KernelBuffers,
    _ input: Input.Type, _ output: Output.Type
  ) {
    let lowest = Int32(truncatingIfNeeded: Output.min)
    layout.forEachRow(
      buffers.input(0, as: input), buffers.output(0, as: output)
    ) { row, result in
      let largest = Int32(truncatingIfNeeded: layout.largest(row, atLeast: Input.min))
      let sum = arithmetic.sum(row, depth: layout.depth, largest: largest)
      let reciprocal = FixedPoint.reciprocal(sum, integerBits: SoftmaxArithmetic.sumBits)
      let rightShift = reciprocal.bitsOverUnit + 31 - Int32(Output.bitWidth)
      for i in 0..<layout.depth {
        let difference = Int32(truncatingIfNeeded: row[i]) - largest
        guard difference >= arithmetic.lowestDifference else {
          result[i] = Output.min
          continue
        }
        let quotient = FixedPoint.saturatingRoundingDoublingHighMultiply(
          reciprocal.mantissaQ31, arithmetic.exponential(arithmetic.exponent(difference)))
        // Beyond 31 bits nothing is left.
        let steps =
          rightShift > 31 ? 0 : FixedPoint.roundingDivideByPowerOfTwo(quotient, max(rightShift, 0))
        result[i] = Output(clamping: steps &+ lowest)
      }
    }
  }
}
