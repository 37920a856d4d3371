import OctetCore
import OctetFormat

/// The input surrounded by its own reflection.
///
/// **Shapes**: input any; paddings `[rank, 2]` i32 or i64, at most the extent (symmetric) or one
/// less (reflect).
///
/// **Types**: elements of 1, 2, 4 or 8 bytes.
///
/// **Quantization**: input and output of 8- and 16-bit integers must have the same.
///
/// **Source**: TFLite `mirror_pad::GetInputDimension`.
public enum MirrorPad: OperatorDefinition {
  /// The fields of `MirrorPadOptions`.
  public struct Options: Hashable, Sendable {
    /// Whether the border itself is repeated.
    public var mode: Mode

    /// Mirror padding options.
    public init(mode: Mode = .reflect) {
      self.mode = mode
    }
  }

  /// Whether the border element is repeated.
  ///
  /// Source: `enum MirrorPadMode` in TFLite's `schema.fbs`.
  public enum Mode: Int8, Hashable, Sendable {
    /// It is not: `c b | a b c`.
    case reflect = 0
    /// It is: `b a | a b c`.
    case symmetric = 1
  }

  /// Which input position each output position shows.
  public struct Plan: Sendable {
    /// Nil where the output is empty.
    var copy: IndexedCopy?
    var width: ElementWidth
  }

  public static let identity = OperatorIdentity.builtin(.mirrorPad)
  public static let versions = 1...3
  public static let quantization = QuantizationRule.copiesInput(0)
  public static let requiresIdenticalScales = true

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    Options(mode: try raw.table(named: "MirrorPadOptions").enumeration("mode", default: .reflect))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("MirrorPadOptions", ["mode": .integer(Int64(options.mode.rawValue))])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(2...2)
    let shape = try inputs.required(0, "input").shape
    let amounts = try PaddingAmounts(inputs)
    for axis in 0..<shape.rank {
      let limit = max(shape[axis] - (options.mode == .reflect ? 1 : 0), 0)
      guard amounts.before[axis] <= limit, amounts.after[axis] <= limit else {
        throw OctetError(
          .invalidShape(
            shape.dimensions, reason: "mirror padding of axis \(axis) is more than \(limit)"))
      }
    }
    return [try amounts.outputSpec(inputs)]
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
    let width = try elementWidth(input)
    // A scalar has nothing to mirror: it is copied as a vector of one.
    let shape = try input.shape.rank == 0 ? Shape([1]) : input.shape
    guard output.shape.elementCount > 0 else { return Plan(copy: nil, width: width) }
    let before = try PaddingAmounts(inputs).before
    let extents = (0..<shape.rank).map { $0 < output.shape.rank ? output.shape[$0] : 1 }
    let copy = try IndexedCopy(input: shape, to: extents) { axis, index in
      let leading = axis < before.count ? before[axis] : 0
      return mirrored(index - leading, extent: shape[axis], mode: options.mode)
    }
    return Plan(copy: copy, width: width)
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    switch inputs.optional(0)?.type {
    case .int8, .int16: 2
    default: 1
    }
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    plan.copy?.run(from: buffers.inputBytes(0), to: buffers.outputBytes(0), width: plan.width)
  }

  /// The position inside `0..<extent` that a position outside reflects.
  private static func mirrored(_ position: Int, extent: Int, mode: Mode) -> Int {
    let repeated = mode == .symmetric ? 1 : 0
    if position < 0 { return -position - repeated }
    if position >= extent { return 2 * (extent - 1) - position + repeated }
    return position
  }
}
