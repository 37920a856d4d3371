import OctetCore
import OctetFormat

/// Each element, or `alpha · x` where it is negative.
///
/// **Types**: float32, uint8, int8, int16.
///
/// **Quantization**: positive and negative elements are requantized with multipliers of their own;
/// int16 has no zero points.
///
/// **Source**: TFLite `reference_ops::QuantizeLeakyRelu`, `optimized_ops::LeakyRelu`.
public enum LeakyRelu: UnaryOperator {
  /// The field of `LeakyReluOptions`.
  public struct Options: Hashable, Sendable {
    /// The slope of the negative side.
    public var alpha: Float

    /// Options.
    public init(alpha: Float) {
      self.alpha = alpha
    }
  }

  public typealias Plan = UnaryPlan

  public static let identity = OperatorIdentity.builtin(.leakyRelu)
  public static let versions = 1...2
  public static let quantization = QuantizationRule.ownRange

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    Options(alpha: try raw.table(named: "LeakyReluOptions").float("alpha", default: 0))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("LeakyReluOptions", ["alpha": .real(Double(options.alpha))])
  }

  static func function(
    _ options: Options, _ input: TensorSpec, _ output: TensorSpec
  ) throws(OctetError) -> UnaryPlan.Function? {
    let alpha = options.alpha
    switch input.type {
    case .float32:
      return .float({ x in x > 0 ? x : x * alpha }, vectorized: .leaky(slope: alpha))
    case .uint8:
      return .byte(ByteTable(UInt8.self, try requantize(alpha, input, output)))
    case .int8:
      return .byte(ByteTable(Int8.self, try requantize(alpha, input, output)))
    case .int16:
      _ = try input.symmetricScale()
      _ = try output.symmetricScale()
      let (above, below) = try multipliers(alpha, input, output)
      let function = try requantize(alpha, input, output)
      return .int16(
        { Int16(clamping: function(Int32($0))) },
        vectorized: .sides(
          UnaryPlan.ScaledSides(above: above, below: below, negatesBelow: alpha < 0)))
    default:
      return nil
    }
  }

  public static func outputInterval(
    _ options: Options, _ inputs: [RealInterval?]
  ) -> RealInterval? {
    let alpha = Double(options.alpha)
    return inputs.first??.image(turningPoints: [0]) { $0 > 0 ? $0 : $0 * alpha }
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    OperatorVersions.byType(inputs, int8: 1, int16: 2)
  }

  /// The factors from 0 on and below; the sign of the latter is applied afterwards.
  private static func multipliers(
    _ alpha: Float, _ input: TensorSpec, _ output: TensorSpec
  ) throws(OctetError) -> (identity: QuantizedMultiplier, slope: QuantizedMultiplier) {
    let inputScale = try input.affine().scale
    let outputScale = try output.affine().scale
    return (
      try QuantizedMultiplier(Double(inputScale / outputScale)),
      try QuantizedMultiplier(Double(abs(inputScale * alpha / outputScale)))
    )
  }

  private static func requantize(
    _ alpha: Float, _ input: TensorSpec, _ output: TensorSpec
  ) throws(OctetError) -> @Sendable (Int32) -> Int32 {
    let inputZeroPoint = try input.affine().zeroPoint
    let outputZeroPoint = try output.affine().zeroPoint
    let (identity, slope) = try multipliers(alpha, input, output)
    let isFalling = alpha < 0
    return { element in
      let value = element &- inputZeroPoint
      guard value < 0 else { return identity.multiply(value) &+ outputZeroPoint }
      let scaled = slope.multiply(value)
      return (isFalling ? 0 &- scaled : scaled) &+ outputZeroPoint
    }
  }
}
