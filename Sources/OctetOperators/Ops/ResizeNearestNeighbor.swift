import OctetCore
import OctetFormat

/// An image scaled by repeating or leaving out pixels.
///
/// **Shapes**: input `[N, H, W, C]`; size `[2]` i32 (height, width); output `[N, OH, OW, C]`.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes.
///
/// **Quantization**: none; elements are copied, even where the output's scale differs.
///
/// **Source**: TFLite `reference_ops::GetNearestNeighbor`.
public enum ResizeNearestNeighbor: OperatorDefinition {
  public typealias Options = ResizeOptions

  /// Which pixel each output pixel shows.
  public struct Plan: Sendable {
    /// Nil where the output is empty.
    var copy: IndexedCopy?
    var width: ElementWidth
  }

  public static let identity = OperatorIdentity.builtin(.resizeNearestNeighbor)
  public static let versions = 1...4
  public static let quantization = QuantizationRule.copiesInput(0)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    try Options(raw.table(named: "ResizeNearestNeighborOptions"))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("ResizeNearestNeighborOptions", options.fields)
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    [try Options.outputSpec(inputs)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    let output = outputs[0]
    try expectSameType(input, output)
    let width = try elementWidth(input)
    guard output.shape.elementCount > 0 else { return Plan(copy: nil, width: width) }
    let copy = try IndexedCopy(input: input.shape, to: output.shape.dimensions) { axis, index in
      axis == 1 || axis == 2
        ? nearest(index, input.shape[axis], output.shape[axis], options) : index
    }
    return Plan(copy: copy, width: width)
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    if options.halfPixelCenters || options.alignCorners { return 3 }
    return inputs.optional(0)?.type == .int8 || inputs.optional(0)?.type == .int16 ? 2 : 1
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    plan.copy?.run(from: buffers.inputBytes(0), to: buffers.outputBytes(0), width: plan.width)
  }

  private static func nearest(
    _ position: Int, _ input: Int, _ output: Int, _ options: Options
  ) -> Int {
    let center = Float(position) + (options.halfPixelCenters ? 0.5 : 0)
    let scaled = center * options.scale(input: input, output: output)
    let rounded = scaled.rounded(options.alignCorners ? .toNearestOrAwayFromZero : .down)
    return min(max(Int(saturating: rounded), 0), input - 1)
  }
}
