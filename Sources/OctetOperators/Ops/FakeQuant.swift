import OctetCore
import OctetFormat

/// Rounds real values to the steps of a quantized range and keeps them real.
///
/// **Types**: float32.
///
/// **Quantization**: see `FakeQuantGrid`. TFLite's own kernel rounds the same values but adds the
/// minimum at the end, which may change the last bit, and refuses narrow ranges.
///
/// **Source**: TensorFlow `FakeQuantWithMinMaxVars`.
public enum FakeQuant: OperatorDefinition {
  /// The fields of `FakeQuantOptions`.
  public struct Options: Hashable, Sendable {
    /// The lower end of the range, before it is nudged.
    public var minimum: Float
    /// The upper end.
    public var maximum: Float
    /// 2 to 16.
    public var bitCount: Int
    /// Whether the lowest step is left out.
    public var isNarrowRange: Bool

    /// A range and its number of steps.
    public init(
      minimum: Float, maximum: Float, bitCount: Int = 8, isNarrowRange: Bool = false
    ) {
      self.minimum = minimum
      self.maximum = maximum
      self.bitCount = bitCount
      self.isNarrowRange = isNarrowRange
    }
  }

  /// The steps and the number of elements.
  public struct Plan: Sendable {
    var grid: FakeQuantGrid
    var count: Int
  }

  public static let identity = OperatorIdentity.builtin(.fakeQuant)
  public static let versions = 1...2
  public static let quantization = QuantizationRule.floatOnly

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "FakeQuantOptions")
    return Options(
      minimum: try table.float("min", default: 0), maximum: try table.float("max", default: 0),
      bitCount: try table.integer("num_bits", default: 0),
      isNarrowRange: try table.boolean("narrow_range", default: false))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "FakeQuantOptions",
      [
        "min": .real(Double(options.minimum)),
        "max": .real(Double(options.maximum)),
        "num_bits": .integer(Int64(options.bitCount)),
        "narrow_range": .integer(options.isNarrowRange ? 1 : 0),
      ])
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    options.isNarrowRange ? 2 : 1
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    let input = try inputs.required(0, "input")
    return [OutputSpec(input.type, input.shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    guard input.type == .float32, outputs[0].type == .float32 else {
      throw unsupportedTypes(input, outputs[0])
    }
    let grid = try FakeQuantGrid(
      minimum: options.minimum, maximum: options.maximum, numberOfBits: options.bitCount,
      isNarrow: options.isNarrowRange, method: .division)
    return Plan(grid: grid, count: input.shape.elementCount)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let input = buffers.input(0, as: Float.self)
    let output = buffers.output(0, as: Float.self)
    for i in 0..<plan.count { output[i] = plan.grid.nearest(to: input[i]) }
  }
}
