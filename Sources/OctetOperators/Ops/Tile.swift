import OctetCore
import OctetFormat

/// The input repeated along each axis.
///
/// **Shapes**: input any; multiples `[rank]` i32 or i64.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes, strings.
///
/// **Quantization**: none; elements are copied.
///
/// **Source**: TFLite `tile::TileOneDimension`.
public enum Tile: MovementOperator {
  public typealias Options = NoOptions

  public static let identity = OperatorIdentity.builtin(.tile)
  public static let versions = 1...3
  public static let quantization = QuantizationRule.copiesInput(0)

  public static func encode(_ options: Options) -> RawOptions { RawOptions("TileOptions") }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let input = try inputs.required(0, "input")
    var extents: [Int] = []
    for (extent, multiple) in zip(input.shape.dimensions, try multiples(inputs)) {
      extents.append(try checkedProduct(extent, multiple))
    }
    return [OutputSpec(input.type, try Shape(extents))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    let output = outputs[0]
    try expectSameType(input, output)
    let width = try elementWidth(input)
    guard output.shape.elementCount > 0 else { return MovementPlan(width: width, steps: []) }
    // Each axis becomes two: which copy (stride 0 in the input), and the position within it.
    var extents: [Int] = []
    var sourceStrides: [Int] = []
    let strides = input.shape.strides
    for (axis, multiple) in try multiples(inputs).enumerated() {
      extents += [multiple, input.shape[axis]]
      sourceStrides += [0, strides[axis]]
    }
    let copy = try StridedCopy(
      extents: extents,
      source: StridedCopy.Placement(
        strides: sourceStrides, elementCount: input.shape.elementCount),
      destination: StridedCopy.Placement(try Shape(extents)))
    return MovementPlan(width: width, steps: [MovementPlan.Step(copy: copy)])
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    switch inputs.optional(0)?.type {
    case .int8, .int16: 3
    case .string: 2
    default: 1
    }
  }

  private static func multiples(_ inputs: Operands) throws(OctetError) -> [Int] {
    try inputs.expectCount(2...2)
    let shape = try inputs.required(0, "input").shape
    let multiples = try inputs.constantIntegers(1, "multiples")
    guard multiples.count == shape.rank else {
      throw OctetError(
        .invalidShape(shape.dimensions, reason: "there are \(multiples.count) multiples"))
    }
    for multiple in multiples where multiple < 0 {
      throw OctetError(.invalidOption(name: "multiples", value: "\(multiple)"))
    }
    return multiples
  }
}
