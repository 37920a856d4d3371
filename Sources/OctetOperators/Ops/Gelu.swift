import OctetCore
import OctetFormat

/// The Gaussian error linear unit of each element, `x · Φ(x)`, exact or by its tanh approximation.
///
/// **Types**: float32, uint8, int8.
///
/// **Quantization**: results are the float32 function's, rounded to the output's own scale.
///
/// **Source**: TFLite `reference_ops::GeluTransform`, `GeluTransformApproximate`, which ask the C
/// library for erfc and tanh; those here have the same bits everywhere.
public enum Gelu: UnaryOperator {
  /// The field of `GeluOptions`.
  public struct Options: Hashable, Sendable {
    /// Whether Φ is approximated by tanh.
    public var isApproximate: Bool

    /// Options.
    public init(isApproximate: Bool = false) {
      self.isApproximate = isApproximate
    }
  }

  public typealias Plan = UnaryPlan

  public static let identity = OperatorIdentity.builtin(.gelu)
  public static let versions = 1...2
  public static let quantization = QuantizationRule.ownRange

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "GeluOptions")
    return Options(isApproximate: try table.boolean("approximate", default: false))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("GeluOptions", ["approximate": .integer(options.isApproximate ? 1 : 0)])
  }

  static func function(
    _ options: Options, _ input: TensorSpec, _ output: TensorSpec
  ) throws(OctetError) -> UnaryPlan.Function? {
    let gelu = options.isApproximate ? approximate : exact
    if input.type == .float32 {
      return .float(gelu, vectorized: options.isApproximate ? .approximateGelu : .gelu)
    }
    return try ByteTable(input: input, output: output, gelu).map { .byte($0) }
  }

  public static func outputInterval(
    _ options: Options, _ inputs: [RealInterval?]
  ) -> RealInterval? {
    // Both forms have their minimum near here, and are flat around it.
    inputs.first??.image(turningPoints: [-0.752]) { x in
      0.5 * x * RealFunction.complementaryError(-x / 2.0.squareRoot())
    }
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    switch inputs.optional(0)?.type {
    case .int8, .uint8: 2
    default: 1
    }
  }

  /// The complementary error function keeps precision where `1 + erf` would cancel.
  private static let exact: @Sendable (Float) -> Float = { x in
    0.5 * x * RealFunction.complementaryError(x * -Float(0.5).squareRoot())
  }

  private static let approximate: @Sendable (Float) -> Float = { x in
    let inner = squareRootOfTwoOverPi * (x + 0.044715 * x * x * x)
    return 0.5 * x * (1 + RealFunction.hyperbolicTangent(inner))
  }

  private static let squareRootOfTwoOverPi = Float((2 / Double.pi).squareRoot())
}
