import OctetCore
import OctetFormat

/// Moves channels into blocks of pixels.
///
/// **Shapes**: input `[N, H, W, B·B·C]`, output `[N, H·B, W·B, C]`.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes.
///
/// **Quantization**: none; elements are copied.
///
/// **Source**: TFLite `reference_ops::DepthToSpace`.
public enum DepthToSpace: MovementOperator {
  public typealias Options = BlockSizeOptions

  public static let identity = OperatorIdentity.builtin(.depthToSpace)
  public static let versions = 1...2
  public static let quantization = QuantizationRule.sameAsInput(0)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    try Options(raw.table(named: "DepthToSpaceOptions"))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("DepthToSpaceOptions", options.fields)
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let block = try options.checkedBlockSize()
    let input = try Options.image(inputs)
    let blockArea = try checkedProduct(block, block)
    guard input.shape[3] % blockArea == 0 else {
      throw OctetError(
        .invalidShape(
          input.shape.dimensions, reason: "the channels are no multiple of \(blockArea)"))
    }
    return [
      OutputSpec(
        input.type,
        try Shape([
          input.shape[0], try checkedProduct(input.shape[1], block),
          try checkedProduct(input.shape[2], block), input.shape[3] / blockArea,
        ]))
    ]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try Options.image(inputs)
    let output = outputs[0]
    try expectSameType(input, output)
    let width = try elementWidth(input)
    guard input.shape.elementCount > 0 else { return MovementPlan(width: width, steps: []) }
    let block = try options.checkedBlockSize()
    let channels = output.shape[3]
    let extents = [
      input.shape[0], input.shape[1], block, input.shape[2], block, channels,
    ]
    let strides = input.shape.strides
    let copy = try StridedCopy(
      extents: extents,
      source: StridedCopy.Placement(
        strides: [
          strides[0], strides[1], block * channels, strides[2], channels, 1,
        ],
        elementCount: input.shape.elementCount),
      destination: StridedCopy.Placement(try Shape(extents)))
    return MovementPlan(width: width, steps: [MovementPlan.Step(copy: copy)])
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int { inputs.optional(0)?.type == .int8 ? 2 : 1 }
}
