import OctetCore
import OctetFormat

/// A box of the input, of which each axis keeps every n-th position.
///
/// **Shapes**: input any; options with one entry for each axis.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes.
///
/// **Source**: the StableHLO specification, `slice`.
public enum StableHLOSlice: MovementOperator, StableHLOOperator {
  /// The fields of `StablehloSliceOptions`.
  public struct Options: Hashable, Sendable {
    /// The first position of each axis.
    public var starts: [Int]
    /// The position behind the last of each axis.
    public var limits: [Int]
    /// Positions from one element to the next along each axis.
    public var strides: [Int]

    /// A box.
    public init(starts: [Int], limits: [Int], strides: [Int]) {
      self.starts = starts
      self.limits = limits
      self.strides = strides
    }
  }

  public static let identity = OperatorIdentity.builtin(.stablehloSlice)
  public static let quantization = QuantizationRule.copiesInput(0)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "StablehloSliceOptions")
    return Options(
      starts: try table.list("start_indices"),
      limits: try table.list("limit_indices"),
      strides: try table.list("strides"))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "StablehloSliceOptions",
      [
        "start_indices": .integers(options.starts.map(Int64.init)),
        "limit_indices": .integers(options.limits.map(Int64.init)),
        "strides": .integers(options.strides.map(Int64.init)),
      ])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    let input = try inputs.required(0, "input")
    let rank = input.shape.rank
    guard options.starts.count == rank else { throw .option("start_indices", options.starts) }
    guard options.limits.count == rank else { throw .option("limit_indices", options.limits) }
    guard options.strides.count == rank else { throw .option("strides", options.strides) }
    var extents: [Int] = []
    for axis in 0..<rank {
      let (start, limit) = (options.starts[axis], options.limits[axis])
      guard start >= 0, start <= limit, limit <= input.shape[axis] else {
        throw .option("limit_indices", options.limits)
      }
      let stride = options.strides[axis]
      guard stride > 0 else { throw .option("strides", options.strides) }
      extents.append(start == limit ? 0 : (limit - start - 1) / stride + 1)
    }
    return [OutputSpec(input.type, try Shape(extents))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> MovementPlan {
    let input = try inputs.required(0, "input")
    try expectSameType(input, outputs[0])
    let copy = try StridedCopy(
      extents: outputs[0].shape.dimensions, source: source(options, input.shape),
      destination: StridedCopy.Placement(outputs[0].shape))
    return MovementPlan(width: try elementWidth(input), steps: [MovementPlan.Step(copy: copy)])
  }

  /// The box in the input; options were checked.
  private static func source(_ options: Options, _ input: Shape) -> StridedCopy.Placement {
    var placement = StridedCopy.Placement(input)
    // A start of an empty axis says nothing, and steps of a single element may be too large.
    guard input.elementCount > 0 else { return placement }
    for (axis, stride) in placement.strides.enumerated() {
      placement.start += options.starts[axis] * stride
      placement.strides[axis] = min(options.strides[axis], input[axis]) * stride
    }
    return placement
  }
}
