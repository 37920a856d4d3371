import OctetCore
import OctetFormat

/// The input with its axes in another order.
///
/// **Shapes**: input 1 holds the permutation (`[rank]` i32, negative entries count from the end):
/// output axis `i` is input axis `permutation[i]`.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes.
///
/// **Quantization**: none; elements are copied, even where the output's scale differs.
///
/// **Source**: TFLite `reference_ops::Transpose`. The source takes an entry more than once and
/// then gives a diagonal's copy; so does this.
public enum Transpose: MovementOperator {
  public typealias Options = NoOptions

  public static let identity = OperatorIdentity.builtin(.transpose)
  public static let versions = 1...8
  public static let quantization = QuantizationRule.copiesInput(0)

  public static func encode(_ options: Options) -> RawOptions { RawOptions("TransposeOptions") }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let input = try inputs.required(0, "input")
    let permutation = try permutation(inputs)
    return [OutputSpec(input.type, try Shape(permutation.map { input.shape[$0] }))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    try expectSameType(input, outputs[0])
    let strides = input.shape.strides
    let copy = try StridedCopy(
      extents: outputs[0].shape.dimensions,
      source: StridedCopy.Placement(
        strides: try permutation(inputs).map { strides[$0] },
        elementCount: input.shape.elementCount),
      destination: StridedCopy.Placement(outputs[0].shape))
    return MovementPlan(
      width: try elementWidth(input), steps: [MovementPlan.Step(copy: copy)])
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    guard let input = inputs.optional(0) else { return 1 }
    if input.shape.rank > 5 { return 6 }
    if input.shape.rank > 4 { return 4 }
    return switch input.type {
    case .bool: 3
    case .int8, .int16: 2
    default: 1
    }
  }

  private static func permutation(_ inputs: Operands) throws(OctetError) -> [Int] {
    try inputs.expectCount(2...2)
    let shape = try inputs.required(0, "input").shape
    let entries = try inputs.constantIntegers(1, "permutation")
    guard entries.count == shape.rank else {
      throw OctetError(
        .invalidShape(
          shape.dimensions, reason: "the permutation has \(entries.count) entries"))
    }
    var permutation: [Int] = []
    for entry in entries { permutation.append(try shape.normalizedAxis(entry)) }
    return permutation
  }
}
