import OctetCore
import OctetFormat

/// The input with the order of elements reversed along some axes.
///
/// **Shapes**: input any; axes `[n]` i32.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes.
///
/// **Quantization**: none; elements are copied.
///
/// **Source**: TFLite `reference_ops::Reverse`; the axes here need not be neighbours.
public enum ReverseV2: MovementOperator {
  public typealias Options = NoOptions

  public static let identity = OperatorIdentity.builtin(.reverseV2)
  public static let versions = 1...4
  public static let quantization = QuantizationRule.copiesInput(0)

  public static func encode(_ options: Options) -> RawOptions { RawOptions("ReverseV2Options") }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(2...2)
    let input = try inputs.required(0, "input")
    return [OutputSpec(input.type, input.shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    try expectSameType(input, outputs[0])
    let shape = input.shape
    var axes: Set<Int> = []
    for axis in try inputs.constantIntegers(1, "axes") {
      axes.insert(try shape.normalizedAxis(axis))
    }
    let width = try elementWidth(input)
    guard shape.elementCount > 0 else { return MovementPlan(width: width, steps: []) }
    var strides = shape.strides
    var start = 0
    for axis in axes {
      start += (shape[axis] - 1) * strides[axis]
      strides[axis] = -strides[axis]
    }
    let copy = try StridedCopy(
      extents: shape.dimensions,
      source: StridedCopy.Placement(
        start: start, strides: strides, elementCount: shape.elementCount),
      destination: StridedCopy.Placement(shape))
    return MovementPlan(width: width, steps: [MovementPlan.Step(copy: copy)])
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    switch inputs.optional(0)?.type {
    case .int8, .int16: 3
    case .bool: 2
    default: 1
    }
  }
}
