import OctetCore
import OctetFormat

/// The input with a value around its elements and between them; negative amounts crop.
///
/// **Shapes**: input any; padding value with one element; options with one entry for each axis.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes.
///
/// **Source**: TFLite `stablehlo_pad::PadData`.
public enum StableHLOPad: MovementOperator, StableHLOOperator {
  /// The fields of `StablehloPadOptions`.
  public struct Options: Hashable, Sendable {
    /// Positions before each axis; taken away where negative.
    public var low: [Int]
    /// Positions behind each axis; taken away where negative.
    public var high: [Int]
    /// Positions between neighbours along each axis.
    public var interior: [Int]

    /// Amounts of padding.
    public init(low: [Int], high: [Int], interior: [Int]) {
      self.low = low
      self.high = high
      self.interior = interior
    }
  }

  public static let identity = OperatorIdentity.builtin(.stablehloPad)
  public static let quantization = QuantizationRule.copiesInput(0)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "StablehloPadOptions")
    return Options(
      low: try table.list("edge_padding_low"),
      high: try table.list("edge_padding_high"),
      interior: try table.list("interior_padding"))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "StablehloPadOptions",
      [
        "edge_padding_low": .integers(options.low.map(Int64.init)),
        "edge_padding_high": .integers(options.high.map(Int64.init)),
        "interior_padding": .integers(options.interior.map(Int64.init)),
      ])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(2...2)
    let input = try inputs.required(0, "input")
    let value = try inputs.required(1, "padding value")
    guard value.shape.elementCount == 1 else {
      throw OctetError(
        .invalidShape(value.shape.dimensions, reason: "the padding value must be one element"))
    }
    guard value.type == input.type else { throw unsupportedTypes(input, value) }
    let spread = try SpreadBox(
      input.shape, low: options.low, high: options.high, interior: options.interior)
    // The source gives up all extents where one vanishes.
    let extents = spread.output.dimensions
    let shape = try Shape(extents.contains(0) ? extents.map { _ in 0 } : extents)
    return [OutputSpec(input.type, shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> MovementPlan {
    let input = try inputs.required(0, "input")
    try expectSameType(input, outputs[0])
    let spread = try SpreadBox(
      input.shape, low: options.low, high: options.high, interior: options.interior)
    return try spread.plan(input, width: elementWidth(input), background: .input(1))
  }
}
