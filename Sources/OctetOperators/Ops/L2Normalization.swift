import OctetCore
import OctetFormat

/// Each row of the innermost dimension divided by its Euclidean length.
///
/// **Shapes**: input of rank 1 or more, output alike.
///
/// **Types**: float32 (lengths below 1e-6 count as 1e-6), uint8, int8.
///
/// **Quantization**: the output's scale is 1/128, its zero point 128 or 0. The length's reciprocal is
/// found by Newton's method in fixed point; the sum of squares wraps at 32 bits.
///
/// **Source**: TFLite `reference_ops::L2Normalization`, `reference_integer_ops::L2Normalization`.
public enum L2Normalization: OperatorDefinition {
  /// The field of `L2NormOptions`.
  public struct Options: Hashable, Sendable {
    /// Must be `.none`: the field exists, but no kernel applies it.
    public var activation: Activation

    /// Options.
    public init(activation: Activation = .none) {
      self.activation = activation
    }
  }

  /// Rows and arithmetic.
  public struct Plan: Sendable {
    package var layout: RowLayout
    package var arithmetic: Arithmetic

    package enum Arithmetic: Sendable {
      case float
      case uint8(inputZeroPoint: Int32)
      case int8(inputZeroPoint: Int32)
    }
  }

  public static let identity = OperatorIdentity.builtin(.l2Normalization)
  public static let versions = 1...2
  public static let quantization = QuantizationRule.fixed(scale: 1.0 / 128, zeroPoint: 128)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "L2NormOptions")
    return Options(
      activation: try table.enumeration("fused_activation_function", default: .none))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "L2NormOptions",
      ["fused_activation_function": .integer(Int64(options.activation.rawValue))])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try UnaryPlan.inferOutputs(inputs)
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    try inputs.expectCount(1...1)
    guard options.activation == .none else {
      throw OctetError(
        .invalidOption(name: "fused_activation_function", value: "\(options.activation)"))
    }
    let input = try inputs.required(0, "input")
    let layout = try RowLayout(input.shape)
    let arithmetic: Plan.Arithmetic
    switch (input.type, outputs[0].type) {
    case (.float32, .float32):
      arithmetic = .float
    case (.uint8, .uint8):
      try outputs[0].expect(scale: 1.0 / 128, zeroPoint: 128)
      arithmetic = .uint8(inputZeroPoint: try input.affine().zeroPoint)
    case (.int8, .int8):
      try outputs[0].expect(scale: 1.0 / 128, zeroPoint: 0)
      arithmetic = .int8(inputZeroPoint: try input.affine().zeroPoint)
    default:
      throw unsupportedTypes(input, outputs[0])
    }
    return Plan(layout: layout, arithmetic: arithmetic)
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    OperatorVersions.byType(inputs, int8: 2)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.arithmetic {
    case .float:
      normalizeFloat(plan.layout, buffers)
    case .uint8(let zeroPoint):
      normalize(plan.layout, buffers, UInt8.self, zeroPoint, outputZeroPoint: 128) {
        $1.multiply($0 &* 128)
      }
    case .int8(let zeroPoint):
      normalize(plan.layout, buffers, Int8.self, zeroPoint, outputZeroPoint: 0) {
        QuantizedMultiplier(mantissaQ31: $1.mantissaQ31, exponent: $1.exponent + 7).multiply($0)
      }
    }
  }

  private static func normalizeFloat(_ layout: RowLayout, _ buffers: KernelBuffers) {
    layout.forEachRow(
      buffers.input(0, as: Float.self), buffers.output(0, as: Float.self)
    ) { row, result in
      var sum: Float = 0
      for i in 0..<layout.depth { sum += row[i] * row[i] }
      let length = max(sum.squareRoot(), 1e-6)
      for i in 0..<layout.depth { result[i] = row[i] / length }
    }
  }

  @inline(__always)
  private static func normalize<Element: QuantizedElement>(
    _ layout: RowLayout, _ buffers: KernelBuffers, _ type: Element.Type, _ zeroPoint: Int32,
    outputZeroPoint: Int32,
    scale: (_ value: Int32, _ reciprocalLength: QuantizedMultiplier) -> Int32
  ) {
    layout.forEachRow(
      buffers.input(0, as: type), buffers.output(0, as: type)
    ) { row, result in
      var sum: Int32 = 0
      for i in 0..<layout.depth {
        let value = Int32(truncatingIfNeeded: row[i]) - zeroPoint
        sum &+= value &* value
      }
      let reciprocalLength = FixedPoint.inverseSquareRoot(sum)
      for i in 0..<layout.depth {
        let value = Int32(truncatingIfNeeded: row[i]) - zeroPoint
        result[i] = Element(clamping: scale(value, reciprocalLength) &+ outputZeroPoint)
      }
    }
  }
}
