import OctetCore
import OctetFormat

/// Moves blocks of pixels into the batch dimension, after padding.
///
/// **Shapes**: input `[N, H, C]` or `[N, H, W, C]`; block shape `[1]` or `[2]`; paddings `[1, 2]` or
/// `[2, 2]`; output `[N·BH·BW, (H + padding) / BH, (W + padding) / BW, C]`.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes.
///
/// **Quantization**: input and output of 8- and 16-bit integers must have the same; padding is the
/// zero point.
///
/// **Source**: TFLite `reference_ops::SpaceToBatchND`.
public enum SpaceToBatchND: OperatorDefinition {
  public typealias Options = NoOptions

  /// The geometry, and what padding holds.
  public struct Plan: Sendable {
    var mapping: BlockMapping
    var tileBatches: Int
    var width: ElementWidth
    var padding: UInt64
  }

  public static let identity = OperatorIdentity.builtin(.spaceToBatchNd)
  public static let versions = 1...4
  public static let quantization = QuantizationRule.copiesInput(0)
  public static let requiresIdenticalScales = true

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("SpaceToBatchNDOptions")
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let options = try BlockOptions(inputs, role: "paddings")
    let input = try inputs.required(0, "input")
    var extents = input.shape.dimensions
    for (index, block) in options.blocks.enumerated() {
      let margin = options.margins[index]
      let padded = try checkedSum(extents[index + 1], margin.before + margin.after)
      guard padded % block == 0 else {
        throw OctetError(
          .invalidShape(
            input.shape.dimensions,
            reason: "padded extent \(padded) is no multiple of block \(block)"))
      }
      extents[index + 1] = padded / block
      extents[0] = try checkedProduct(extents[0], block)
    }
    return [OutputSpec(input.type, try Shape(extents))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    let output = outputs[0]
    try expectSameType(input, output)
    let options = try BlockOptions(inputs, role: "paddings")
    var padding: UInt64 = 0
    switch input.type {
    case .uint8, .int8, .int16:
      try expectSameQuantization(input, output)
      padding = UInt64(bitPattern: output.quantization?.zeroPoint ?? 0)
    default: break
    }
    return Plan(
      mapping: BlockMapping(
        image: input.shape, tiles: output.shape, blocks: options.blocks,
        margins: options.leadingMargins),
      tileBatches: output.shape.elementCount == 0 ? 0 : output.shape[0],
      width: try elementWidth(input), padding: padding)
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int { BlockOptions.version(inputs) }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.width {
    case .one: move(plan, buffers, UInt8.self)
    case .two: move(plan, buffers, UInt16.self)
    case .four: move(plan, buffers, UInt32.self)
    case .eight: move(plan, buffers, UInt64.self)
    }
  }

  private static func move<Element: FixedWidthInteger & BitwiseCopyable>(
    _ plan: Plan, _ buffers: KernelBuffers, _ type: Element.Type
  ) {
    let input = buffers.input(0, as: type)
    let output = buffers.output(0, as: type)
    let mapping = plan.mapping
    let padding = Element(truncatingIfNeeded: plan.padding)
    var written = 0
    for batch in 0..<plan.tileBatches {
      for row in 0..<mapping.tile.height {
        for column in 0..<mapping.tile.width {
          let pixel = mapping.imagePixel(tileBatch: batch, row: row, column: column)
          for channel in 0..<mapping.channels {
            output[written] = pixel.map { input[$0 &* mapping.channels &+ channel] } ?? padding
            written &+= 1
          }
        }
      }
    }
  }
}

extension BlockOptions {
  /// The version of the two operators that a use needs.
  static func version(_ inputs: Operands) -> Int {
    guard let input = inputs.optional(0) else { return 1 }
    if input.shape.rank != 4 { return 3 }
    return input.type == .int8 || input.type == .int16 ? 2 : 1
  }
}
