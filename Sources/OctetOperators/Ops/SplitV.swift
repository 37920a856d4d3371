import OctetCore
import OctetFormat

/// The input cut along an axis into parts of given sizes.
///
/// **Shapes**: input any; sizes `[n]` i32 or i64, whose sum is the extent, one of them may be −1;
/// input 2 holds the axis.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes.
///
/// **Quantization**: none; elements are copied.
///
/// **Source**: TFLite `split_v::ResizeOutputTensors`, `reference_ops::Split`.
public enum SplitV: MovementOperator {
  /// The fields of `SplitVOptions`.
  public struct Options: Hashable, Sendable {
    /// The number of outputs.
    public var partCount: Int

    /// Split options.
    public init(partCount: Int) {
      self.partCount = partCount
    }
  }

  public static let identity = OperatorIdentity.builtin(.splitV)
  public static let versions = 1...3
  public static let quantization = QuantizationRule.sameAsInput(0)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    Options(partCount: try raw.table(named: "SplitVOptions").integer("num_splits", default: 0))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("SplitVOptions", ["num_splits": .integer(Int64(options.partCount))])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let input = try inputs.required(0, "input")
    let (axis, sizes) = try cut(options, inputs)
    var specs: [OutputSpec] = []
    for size in sizes {
      var extents = input.shape.dimensions
      extents[axis] = size
      specs.append(OutputSpec(input.type, try Shape(extents)))
    }
    return specs
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    for output in outputs { try expectSameType(input, output) }
    let (axis, sizes) = try cut(options, inputs)
    return try Partition(input.shape, axis: axis, sizes: sizes).splitting(
      input: 0, width: elementWidth(input))
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    switch inputs.optional(0)?.type {
    case .int8, .int16: 2
    default: 1
    }
  }

  private static func cut(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> (axis: Int, sizes: [Int]) {
    try inputs.expectCount(3...3)
    let shape = try inputs.required(0, "input").shape
    var sizes = try inputs.constantIntegers(1, "sizes")
    let axis = try shape.normalizedAxis(try inputs.constantInteger(2, "axis"))
    guard !sizes.isEmpty, sizes.count == options.partCount else {
      throw OctetError(.invalidOption(name: "num_splits", value: "\(options.partCount)"))
    }
    var rest = shape[axis]
    for size in sizes where size != -1 {
      guard size >= 0, size <= rest else {
        throw OctetError(
          .invalidShape(sizes, reason: "the sizes do not add up to \(shape[axis])"))
      }
      rest -= size
    }
    let unknown = sizes.indices.filter { sizes[$0] == -1 }
    guard unknown.count <= 1, unknown.count == 1 || rest == 0 else {
      throw OctetError(
        .invalidShape(sizes, reason: "the sizes do not add up to \(shape[axis])"))
    }
    if let index = unknown.first { sizes[index] = rest }
    return (axis, sizes)
  }
}
