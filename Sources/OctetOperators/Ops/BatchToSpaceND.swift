import OctetCore
import OctetFormat

/// Moves batches back into blocks of pixels, and crops.
///
/// **Shapes**: input `[N·BH·BW, H, C]` or `[N·BH·BW, H, W, C]`; block shape `[1]` or `[2]`; crops
/// `[1, 2]` or `[2, 2]`; output `[N, H·BH − crops, W·BW − crops, C]`.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes.
///
/// **Quantization**: input and output of 8- and 16-bit integers must have the same.
///
/// **Source**: TFLite `reference_ops::BatchToSpaceND`.
public enum BatchToSpaceND: OperatorDefinition {
  public typealias Options = NoOptions

  /// The geometry.
  public struct Plan: Sendable {
    var mapping: BlockMapping
    var imageBatches: Int
    var width: ElementWidth
  }

  public static let identity = OperatorIdentity.builtin(.batchToSpaceNd)
  public static let versions = 1...4
  public static let quantization = QuantizationRule.copiesInput(0)
  public static let requiresIdenticalScales = true

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("BatchToSpaceNDOptions")
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let options = try BlockOptions(inputs, role: "crops")
    let input = try inputs.required(0, "input")
    var extents = input.shape.dimensions
    for (index, block) in options.blocks.enumerated() {
      guard extents[0] % block == 0 else {
        throw OctetError(
          .invalidShape(
            input.shape.dimensions, reason: "\(extents[0]) batches are no multiple of \(block)"))
      }
      extents[0] /= block
      let margin = options.margins[index]
      extents[index + 1] =
        try checkedProduct(extents[index + 1], block) - margin.before - margin.after
    }
    return [OutputSpec(input.type, try Shape(extents))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    let output = outputs[0]
    try expectSameType(input, output)
    switch input.type {
    case .uint8, .int8, .int16: try expectSameQuantization(input, output)
    default: break
    }
    let options = try BlockOptions(inputs, role: "crops")
    return Plan(
      mapping: BlockMapping(
        image: output.shape, tiles: input.shape, blocks: options.blocks,
        margins: options.leadingMargins),
      imageBatches: output.shape.elementCount == 0 ? 0 : output.shape[0],
      width: try elementWidth(input))
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
    var written = 0
    for batch in 0..<plan.imageBatches {
      for row in 0..<mapping.image.height {
        for column in 0..<mapping.image.width {
          let pixel = mapping.tilePixel(imageBatch: batch, row: row, column: column)
          for channel in 0..<mapping.channels {
            output[written] = pixel.map { input[$0 &* mapping.channels &+ channel] } ?? 0
            written &+= 1
          }
        }
      }
    }
  }
}
