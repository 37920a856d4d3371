import OctetCore
import OctetFormat

/// A box out of the input.
///
/// **Shapes**: input any; `begin` and `size` `[rank]` i32 or i64; a size of −1 reaches to the end.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes, strings.
///
/// **Quantization**: none; elements are copied.
///
/// **Source**: TFLite `reference_ops::Slice`.
public enum Slice: MovementOperator {
  public typealias Options = NoOptions

  public static let identity = OperatorIdentity.builtin(.slice)
  public static let versions = 1...8
  public static let quantization = QuantizationRule.sameAsInput(0)

  public static func encode(_ options: Options) -> RawOptions { RawOptions("SliceOptions") }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let input = try inputs.required(0, "input")
    return [OutputSpec(input.type, try Shape(try box(inputs).extents))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    try expectSameType(input, outputs[0])
    let box = try box(inputs)
    let strides = input.shape.strides
    var start = 0
    // A box without elements may begin behind the end; it copies nothing.
    if !box.extents.contains(0) {
      for (begin, stride) in zip(box.begin, strides) { start += begin * stride }
    }
    let copy = try StridedCopy(
      extents: box.extents,
      source: StridedCopy.Placement(
        start: start, strides: strides, elementCount: input.shape.elementCount),
      destination: StridedCopy.Placement(outputs[0].shape))
    return MovementPlan(
      width: try elementWidth(input), steps: [MovementPlan.Step(copy: copy)])
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    guard let input = inputs.optional(0) else { return 1 }
    if input.shape.rank > 4 { return 5 }
    return switch input.type {
    case .string: 3
    case .int8, .int16: 2
    default: 1
    }
  }

  private static func box(
    _ inputs: Operands
  ) throws(OctetError) -> (begin: [Int], extents: [Int]) {
    try inputs.expectCount(3...3)
    let shape = try inputs.required(0, "input").shape
    let begin = try inputs.constantIntegers(1, "begin")
    let size = try inputs.constantIntegers(2, "size")
    guard begin.count == shape.rank, size.count == shape.rank else {
      throw OctetError(
        .invalidShape(
          shape.dimensions,
          reason: "the slice has \(begin.count) begins and \(size.count) sizes"))
    }
    var extents: [Int] = []
    for axis in 0..<shape.rank {
      guard begin[axis] >= 0, begin[axis] <= shape[axis], size[axis] >= -1,
        size[axis] <= shape[axis] - begin[axis]
      else {
        throw OctetError(
          .invalidShape(
            shape.dimensions,
            reason: "a slice at \(begin[axis]) of size \(size[axis]) does not fit axis \(axis)"))
      }
      extents.append(size[axis] == -1 ? shape[axis] - begin[axis] : size[axis])
    }
    return (begin, extents)
  }
}
