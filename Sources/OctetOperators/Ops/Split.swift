import OctetCore
import OctetFormat

/// The input cut into equal parts along an axis.
///
/// **Shapes**: input 0 holds the axis, input 1 is cut; its extent must be a multiple of the number
/// of parts.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes.
///
/// **Quantization**: none; elements are copied.
///
/// **Source**: TFLite `reference_ops::Split`.
public enum Split: MovementOperator {
  /// The fields of `SplitOptions`.
  public struct Options: Hashable, Sendable {
    /// The number of outputs.
    public var partCount: Int

    /// Split options.
    public init(partCount: Int) {
      self.partCount = partCount
    }
  }

  public static let identity = OperatorIdentity.builtin(.split)
  public static let versions = 1...5
  public static let quantization = QuantizationRule.sameAsInput(1)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    Options(partCount: try raw.table(named: "SplitOptions").integer("num_splits", default: 0))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("SplitOptions", ["num_splits": .integer(Int64(options.partCount))])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let input = try inputs.required(1, "input")
    let (axis, size) = try cut(options, inputs)
    var extents = input.shape.dimensions
    extents[axis] = size
    return [OutputSpec](
      repeating: OutputSpec(input.type, try Shape(extents)), count: options.partCount)
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(1, "input")
    for output in outputs { try expectSameType(input, output) }
    let (axis, size) = try cut(options, inputs)
    let sizes = [Int](repeating: size, count: options.partCount)
    return try Partition(input.shape, axis: axis, sizes: sizes).splitting(
      input: 1, width: elementWidth(input))
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    switch inputs.optional(1)?.type {
    case .int16: 4
    case .int32: 3
    case .int8: 2
    default: 1
    }
  }

  private static func cut(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> (axis: Int, size: Int) {
    try inputs.expectCount(2...2)
    let shape = try inputs.required(1, "input").shape
    let axis = try shape.normalizedAxis(try inputs.constantInteger(0, "axis"))
    // More parts than this can't be outputs of a file, but could exhaust memory here.
    guard options.partCount > 0, options.partCount <= 1 << 20 else {
      throw OctetError(.invalidOption(name: "num_splits", value: "\(options.partCount)"))
    }
    guard shape[axis] % options.partCount == 0 else {
      throw OctetError(
        .invalidShape(
          shape.dimensions, reason: "axis \(axis) can't be cut in \(options.partCount) equal parts")
      )
    }
    return (axis, shape[axis] / options.partCount)
  }
}
