import OctetCore
import OctetFormat

/// A box of the input that begins where scalars say, moved so that it lies inside.
///
/// **Shapes**: input any; one scalar start for each axis.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes; starts int32, int64, uint32 or uint64.
///
/// **Source**: the StableHLO specification, `dynamic_slice`.
public enum StableHLODynamicSlice: StableHLOOperator {
  /// The field of `StablehloDynamicSliceOptions`.
  public struct Options: Hashable, Sendable {
    /// The extents of the box.
    public var sliceSizes: [Int]

    /// A box of these extents.
    public init(sliceSizes: [Int]) {
      self.sliceSizes = sliceSizes
    }
  }

  /// Where the box begins and how it is copied.
  public struct Plan: Sendable {
    var start: BoxStart
    var copy: StridedCopy
    var width: ElementWidth
    var isEmpty: Bool
  }

  public static let identity = OperatorIdentity.builtin(.stablehloDynamicSlice)
  public static let quantization = QuantizationRule.copiesInput(0)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "StablehloDynamicSliceOptions")
    return Options(sliceSizes: try table.list("slice_sizes"))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "StablehloDynamicSliceOptions",
      ["slice_sizes": .integers(options.sliceSizes.map(Int64.init))])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let input = try inputs.required(0, "input")
    _ = try BoxStart(input.shape, extents: options.sliceSizes, inputs, first: 1)
    return [OutputSpec(input.type, try Shape(options.sliceSizes))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let input = try inputs.required(0, "input")
    try expectSameType(input, outputs[0])
    return Plan(
      start: try BoxStart(input.shape, extents: options.sliceSizes, inputs, first: 1),
      copy: try StridedCopy(
        extents: options.sliceSizes, source: StridedCopy.Placement(input.shape),
        destination: StridedCopy.Placement(outputs[0].shape)),
      width: try elementWidth(input), isEmpty: outputs[0].shape.elementCount == 0)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    guard !plan.isEmpty else { return }
    let start = plan.start.position(buffers) &* plan.width.rawValue
    plan.copy.run(
      from: UnsafeRawBufferPointer(rebasing: buffers.inputBytes(0)[start...]),
      to: buffers.outputBytes(0), width: plan.width)
  }
}
