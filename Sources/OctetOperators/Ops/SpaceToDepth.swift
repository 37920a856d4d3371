import OctetCore
import OctetFormat

/// Moves blocks of pixels into the channels.
///
/// **Shapes**: input `[N, H, W, C]`, output `[N, H / B, W / B, B·B·C]`.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes.
///
/// **Quantization**: none; elements are copied.
///
/// **Source**: TFLite `reference_ops::SpaceToDepth`.
public enum SpaceToDepth: MovementOperator {
  public typealias Options = BlockSizeOptions

  public static let identity = OperatorIdentity.builtin(.spaceToDepth)
  public static let versions = 1...2
  public static let quantization = QuantizationRule.sameAsInput(0)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    try Options(raw.table(named: "SpaceToDepthOptions"))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("SpaceToDepthOptions", options.fields)
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let block = try options.checkedBlockSize()
    let input = try Options.image(inputs)
    guard input.shape[1] % block == 0, input.shape[2] % block == 0 else {
      throw OctetError(
        .invalidShape(
          input.shape.dimensions, reason: "height and width are no multiples of \(block)"))
    }
    let channels = try checkedProduct(input.shape[3], try checkedProduct(block, block))
    return [
      OutputSpec(
        input.type,
        try Shape([input.shape[0], input.shape[1] / block, input.shape[2] / block, channels]))
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
    let channels = input.shape[3]
    let extents = [
      output.shape[0], output.shape[1], output.shape[2], block, block, channels,
    ]
    let strides = input.shape.strides
    let copy = try StridedCopy(
      extents: extents,
      source: StridedCopy.Placement(
        strides: [
          strides[0], block * strides[1], block * strides[2], strides[1], strides[2], 1,
        ],
        elementCount: input.shape.elementCount),
      destination: StridedCopy.Placement(try Shape(extents)))
    return MovementPlan(width: width, steps: [MovementPlan.Step(copy: copy)])
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int { inputs.optional(0)?.type == .int8 ? 2 : 1 }
}

/// The fields of `SpaceToDepthOptions` and `DepthToSpaceOptions`.
public struct BlockSizeOptions: Hashable, Sendable {
  /// The extent of a block along both axes.
  public var blockSize: Int

  /// Options of a block size.
  public init(blockSize: Int) {
    self.blockSize = blockSize
  }

  init(_ table: OptionsTable) throws(OctetError) {
    blockSize = try table.integer("block_size", default: 0)
  }

  var fields: [String: OptionsTable.Value] { ["block_size": .integer(Int64(blockSize))] }

  func checkedBlockSize() throws(OctetError) -> Int {
    guard blockSize > 0, blockSize <= Int(Int32.max) else {
      throw OctetError(.invalidOption(name: "block_size", value: "\(blockSize)"))
    }
    return blockSize
  }

  static func image(_ inputs: Operands) throws(OctetError) -> TensorSpec {
    try inputs.expectCount(1...1)
    let input = try inputs.required(0, "input")
    guard input.shape.rank == 4 else {
      throw OctetError(
        .invalidShape(input.shape.dimensions, reason: "the input must have rank 4"))
    }
    return input
  }
}
