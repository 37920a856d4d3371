import OctetCore
import OctetFormat

/// How far quantized values are from the real numbers that they stand for; quantization debuggers
/// put it behind each operator.
///
/// **Shapes**: values and reference of one shape, which is the output's.
///
/// **Types**: uint8, int8 per tensor or per channel, int16, float16 values; float32 reference and
/// output.
///
/// **Quantization**: `s · (q − zp) − reference` in float32.
///
/// With `log_if_failed` and a tolerance of 0.1 or more, a difference above `tolerance · s` ends the
/// run; s is 0 for float16 and where there is a scale for each channel, as in the source.
///
/// **Source**: TFLite `numeric_verify::Eval`. The source logs statistics of the differences, which are
/// all in the output here, and does not look at the reference's shape.
public enum NumericVerify: OperatorDefinition {
  /// What becomes of large differences.
  public struct Options: Hashable, Sendable {
    /// The largest difference, in steps of the quantized values.
    public var tolerance: Float
    /// Whether a larger difference ends the run.
    public var failsBeyondTolerance: Bool

    /// Options of a comparison.
    public init(tolerance: Float, failsBeyondTolerance: Bool) {
      self.tolerance = tolerance
      self.failsBeyondTolerance = failsBeyondTolerance
    }
  }

  /// How to read the values, and the largest difference that does not end the run.
  public struct Plan: Sendable {
    var values: Dequantize.Plan
    var largestDifference: Float?
  }

  public static let identity = OperatorIdentity.custom("NumericVerify")
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly
  // Converters declare the type of the values.
  public static let overridesDeclaredTypes = true

  /// Below this tolerance no difference ends the run.
  private static let smallestTolerance: Float = 0.1

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let attributes = try raw.attributes()
    return Options(
      tolerance: attributes["tolerance"].asFloat ?? 0,
      failsBeyondTolerance: attributes["log_if_failed"].asBoolean ?? false)
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(attributes: [
      "tolerance": .real(Double(options.tolerance)),
      "log_if_failed": .boolean(options.failsBeyondTolerance),
    ])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(2...2)
    return [OutputSpec(.float32, try inputs.required(0, "values").shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let values = try inputs.required(0, "values")
    let reference = try inputs.required(1, "reference")
    guard [.uint8, .int8, .int16, .float16].contains(values.type), reference.type == .float32,
      outputs[0].type == .float32
    else { throw unsupportedTypes(values, reference, outputs[0]) }
    guard reference.shape == values.shape else {
      throw OctetError(
        .invalidShape(
          reference.shape.dimensions,
          reason: "the reference must have the shape of the values, \(values.shape)"))
    }
    let isChecked = options.failsBeyondTolerance && options.tolerance >= smallestTolerance
    return Plan(
      values: try Dequantize.prepare(NoOptions(), Operands([values]), outputs),
      largestDifference: isChecked ? options.tolerance * (values.quantization?.scale ?? 0) : nil)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    Dequantize.reference(plan.values, buffers)
    let reference = buffers.input(1, as: Float.self)
    let output = buffers.output(0, as: Float.self)
    for i in output.indices { output[i] -= reference[i] }
    guard let limit = plan.largestDifference,
      let place = output.firstIndex(where: { $0.magnitude > limit })
    else { return }
    buffers.context.fail(
      OctetError(
        .invalidArgument(
          name: "values",
          reason: "element \(place) differs by \(output[place]) from its reference "
            + "\(reference[place]), \(name) allows \(limit)"),
        remedy: "give the operator a larger tolerance, or take log_if_failed away"))
  }
}
