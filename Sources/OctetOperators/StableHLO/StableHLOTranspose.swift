import OctetCore
import OctetFormat

/// The input with its axes in another order.
///
/// **Shapes**: input any; axis i of the output is axis `permutation[i]` of the input.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes.
///
/// **Source**: the StableHLO specification, `transpose`.
public enum StableHLOTranspose: MovementOperator, StableHLOOperator {
  /// The fields of `StablehloTransposeOptions`.
  public struct Options: Hashable, Sendable {
    /// The input axis of each output axis.
    public var permutation: [Int]

    /// An order of axes.
    public init(permutation: [Int]) {
      self.permutation = permutation
    }
  }

  public static let identity = OperatorIdentity.builtin(.stablehloTranspose)
  public static let quantization = QuantizationRule.copiesInput(0)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "StablehloTransposeOptions")
    return Options(
      permutation: try table.list("permutation"))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "StablehloTransposeOptions",
      [
        "permutation": .integers(options.permutation.map(Int64.init))
      ])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    let input = try inputs.required(0, "input")
    guard options.permutation.count == input.shape.rank else {
      throw .option("permutation", options.permutation)
    }
    try input.shape.checkAxes(options.permutation, option: "permutation")
    let extents = options.permutation.map { input.shape[$0] }
    return [OutputSpec(input.type, try Shape(extents))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> MovementPlan {
    let input = try inputs.required(0, "input")
    try expectSameType(input, outputs[0])
    let strides = input.shape.strides
    let copy = try StridedCopy(
      extents: outputs[0].shape.dimensions,
      source: StridedCopy.Placement(
        strides: options.permutation.map { strides[$0] }, elementCount: input.shape.elementCount),
      destination: StridedCopy.Placement(outputs[0].shape))
    return MovementPlan(width: try elementWidth(input), steps: [MovementPlan.Step(copy: copy)])
  }
}
