import OctetCore
import OctetFormat

/// The input cut into slices along an axis, which is removed.
///
/// **Shapes**: input of rank `r`; outputs of rank `r − 1`, as many as the axis is long.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes.
///
/// **Quantization**: input and outputs must have the same.
///
/// **Source**: TFLite `reference_ops::Unpack`.
public enum Unpack: MovementOperator {
  /// The fields of `UnpackOptions`.
  public struct Options: Hashable, Sendable {
    /// The number of outputs.
    public var outputCount: Int
    /// Counted from the end where negative.
    public var axis: Int

    /// Unpack options.
    public init(outputCount: Int, axis: Int = 0) {
      self.outputCount = outputCount
      self.axis = axis
    }
  }

  public static let identity = OperatorIdentity.builtin(.unpack)
  public static let versions = 1...6
  public static let quantization = QuantizationRule.sameAsInput(0)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "UnpackOptions")
    return Options(
      outputCount: try table.integer("num", default: 0),
      axis: try table.integer("axis", default: 0))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "UnpackOptions",
      ["num": .integer(Int64(options.outputCount)), "axis": .integer(Int64(options.axis))])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    let input = try inputs.required(0, "input")
    let axis = try input.shape.normalizedAxis(options.axis)
    // More slices than this can't be outputs of a file, but could exhaust memory here.
    guard options.outputCount == input.shape[axis], options.outputCount <= 1 << 20 else {
      throw OctetError(.invalidOption(name: "num", value: "\(options.outputCount)"))
    }
    var extents = input.shape.dimensions
    extents.remove(at: axis)
    return [OutputSpec](
      repeating: OutputSpec(input.type, try Shape(extents)), count: options.outputCount)
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    for output in outputs {
      try expectSameType(input, output)
      try expectSameQuantization(input, output)
    }
    let axis = try input.shape.normalizedAxis(options.axis)
    let sizes = [Int](repeating: 1, count: input.shape[axis])
    return try Partition(input.shape, axis: axis, sizes: sizes).splitting(
      input: 0, width: elementWidth(input))
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    switch inputs.optional(0)?.type {
    case .int16: 4
    case .bool: 3
    case .int8, .uint8: 2
    default: 1
    }
  }
}
