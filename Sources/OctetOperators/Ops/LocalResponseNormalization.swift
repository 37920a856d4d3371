import OctetCore
import OctetFormat

/// Each element times `(bias + alpha · Σ x²)^-beta`, summed over channels nearby.
///
/// The sum runs over channels `c − radius ... c + radius`.
///
/// **Shapes**: input `[N, H, W, C]`, output alike.
///
/// **Types**: float32.
///
/// **Source**: TensorFlow `tf.nn.lrn` and TFLite `optimized_ops::LocalResponseNormalization`. TFLite's
/// reference kernel leaves out channel `c + radius`.
public enum LocalResponseNormalization: OperatorDefinition {
  /// The fields of `LocalResponseNormalizationOptions`.
  public struct Options: Hashable, Sendable {
    /// The channels on either side that count.
    public var radius: Int
    /// What is added to the sum.
    public var bias: Float
    /// The factor of the sum of squares.
    public var alpha: Float
    /// The exponent.
    public var beta: Float

    /// Options.
    public init(radius: Int, bias: Float, alpha: Float, beta: Float) {
      self.radius = radius
      self.bias = bias
      self.alpha = alpha
      self.beta = beta
    }
  }

  /// Rows and options.
  public struct Plan: Sendable {
    var layout: RowLayout
    var options: Options
  }

  public static let identity = OperatorIdentity.builtin(.localResponseNormalization)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "LocalResponseNormalizationOptions")
    return Options(
      radius: try table.integer("radius", default: 0),
      bias: try table.float("bias", default: 0),
      alpha: try table.float("alpha", default: 0),
      beta: try table.float("beta", default: 0))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "LocalResponseNormalizationOptions",
      [
        "radius": .integer(Int64(options.radius)),
        "bias": .real(Double(options.bias)),
        "alpha": .real(Double(options.alpha)),
        "beta": .real(Double(options.beta)),
      ])
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
    let input = try inputs.required(0, "input")
    guard input.type == .float32, outputs[0].type == .float32 else {
      throw unsupportedTypes(input, outputs[0])
    }
    guard input.shape.rank == 4 else {
      throw OctetError(
        .invalidShape(input.shape.dimensions, reason: "the input must have rank 4"))
    }
    guard options.radius >= 0, options.radius <= Int(Int32.max) else {
      throw OctetError(.invalidOption(name: "radius", value: "\(options.radius)"))
    }
    return Plan(layout: try RowLayout(input.shape), options: options)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let depth = plan.layout.depth
    let options = plan.options
    plan.layout.forEachRow(
      buffers.input(0, as: Float.self), buffers.output(0, as: Float.self)
    ) { row, result in
      for channel in 0..<depth {
        let lower = max(channel - options.radius, 0)
        let upper = min(channel + options.radius, depth - 1)
        var sum: Float = 0
        for i in lower...upper { sum += row[i] * row[i] }
        let base = options.bias + options.alpha * sum
        result[channel] = row[channel] * RealFunction.libraryPower(base, -options.beta)
      }
    }
  }
}
