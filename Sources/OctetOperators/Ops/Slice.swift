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
/// **Throws**: `.invalidArgument` where a `begin` that is computed at run time leaves no room.
///
/// **Source**: TFLite `reference_ops::Slice`.
public enum Slice: OperatorDefinition {
  public typealias Options = NoOptions

  /// Where the box is, or how large it is wherever it will be.
  public enum Plan: Sendable {
    case known(MovementPlan)
    case movable(MovableBox)
  }

  public static let identity = OperatorIdentity.builtin(.slice)
  public static let versions = 1...8
  public static let quantization = QuantizationRule.sameAsInput(0)

  public static func encode(_ options: Options) -> RawOptions { RawOptions("SliceOptions") }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let input = try inputs.required(0, "input")
    let extents =
      if let extents = try extentsAnywhere(inputs) { extents } else { try box(inputs).extents }
    return [OutputSpec(input.type, try Shape(extents))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    try expectSameType(input, outputs[0])
    let width = try elementWidth(input)
    if let extents = try extentsAnywhere(inputs) {
      let begin = try inputs.required(1, "begin")
      guard let reader = IndexReader(begin.type) else { throw unsupportedTypes(input, begin) }
      let strides = input.shape.strides
      return .movable(
        MovableBox(
          copy: try copy(at: extents.map { _ in 0 }, extents, of: input.shape), width: width,
          axes: extents.indices.map { axis in
            MovableBox.Axis(
              index: axis, entry: axis, extent: input.shape[axis], size: extents[axis],
              stride: strides[axis])
          },
          positions: reader))
    }
    let box = try box(inputs)
    let copy = try copy(at: box.begin, box.extents, of: input.shape)
    return .known(MovementPlan(width: width, steps: [MovementPlan.Step(copy: copy)]))
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan {
    case .known(let movement): movement.run(buffers)
    case .movable(let box): box.run(buffers, operand: 1) { _, position in position }
    }
  }

  private static func copy(
    at begin: [Int], _ extents: [Int], of input: Shape
  ) throws(OctetError) -> StridedCopy {
    let strides = input.strides
    var start = 0
    // A box without elements may begin behind the end; it copies nothing.
    if !extents.contains(0) {
      for (position, stride) in zip(begin, strides) { start += position * stride }
    }
    return try StridedCopy(
      extents: extents,
      source: StridedCopy.Placement(
        start: start, strides: strides, elementCount: input.elementCount),
      destination: StridedCopy.Placement(Shape(extents)))
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

  /// The extents where they don't depend on where the box begins, which isn't known yet.
  private static func extentsAnywhere(_ inputs: Operands) throws(OctetError) -> [Int]? {
    try inputs.expectCount(3...3)
    let shape = try inputs.required(0, "input").shape
    let begin = try inputs.required(1, "begin")
    guard begin.constant == nil, begin.shape.dimensions == [shape.rank],
      try inputs.required(2, "size").constant != nil
    else { return nil }
    let size = try inputs.constantIntegers(2, "size")
    guard size.count == shape.rank, size.allSatisfy({ $0 >= 0 }) else { return nil }
    for axis in 0..<shape.rank where size[axis] > shape[axis] {
      throw OctetError(
        .invalidShape(
          shape.dimensions, reason: "a slice of size \(size[axis]) does not fit axis \(axis)"))
    }
    return size
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
