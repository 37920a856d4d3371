import OctetCore
import OctetFormat

/// The input repeated along axes that it has not, or of which it has one position.
///
/// **Shapes**: axis i of the input is axis `dimensions[i]` of the output, whose shape the model declares.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes.
///
/// **Source**: the StableHLO specification, `broadcast_in_dim`.
public enum StableHLOBroadcastInDim: MovementOperator, StableHLOOperator {
  /// The fields of `StablehloBroadcastInDimOptions`.
  public struct Options: Hashable, Sendable {
    /// The output axis of each input axis.
    public var dimensions: [Int]

    /// Places of axes.
    public init(dimensions: [Int]) {
      self.dimensions = dimensions
    }
  }

  public static let identity = OperatorIdentity.builtin(.stablehloBroadcastInDim)
  public static let quantization = QuantizationRule.copiesInput(0)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "StablehloBroadcastInDimOptions")
    return Options(
      dimensions: try table.list("broadcast_dimensions"))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "StablehloBroadcastInDimOptions",
      [
        "broadcast_dimensions": .integers(options.dimensions.map(Int64.init))
      ])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    let input = try inputs.required(0, "input")
    let shape = try inputs.declaredOutputShape()
    guard options.dimensions.count == input.shape.rank else {
      throw .option("broadcast_dimensions", options.dimensions)
    }
    try shape.checkAxes(options.dimensions, option: "broadcast_dimensions")
    for (extent, axis) in zip(input.shape.dimensions, options.dimensions)
    where extent != 1 && extent != shape[axis] {
      throw OctetError(.shapesDoNotBroadcast(input.shape.dimensions, shape.dimensions))
    }
    return [OutputSpec(input.type, shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> MovementPlan {
    let input = try inputs.required(0, "input")
    try expectSameType(input, outputs[0])
    let output = outputs[0].shape
    var strides = [Int](repeating: 0, count: output.rank)
    for (position, axis) in options.dimensions.enumerated() where input.shape[position] != 1 {
      strides[axis] = input.shape.strides[position]
    }
    let copy = try StridedCopy(
      extents: output.dimensions,
      source: StridedCopy.Placement(strides: strides, elementCount: input.shape.elementCount),
      destination: StridedCopy.Placement(output))
    return MovementPlan(width: try elementWidth(input), steps: [MovementPlan.Step(copy: copy)])
  }
}
