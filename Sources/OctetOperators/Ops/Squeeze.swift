import OctetCore
import OctetFormat

/// The input without some, or all, of its extents of 1.
///
/// **Shapes**: the named axes must have extent 1; none named means every axis that has.
///
/// **Types**: all.
///
/// **Quantization**: none; bytes are copied.
///
/// **Source**: TFLite `squeeze::Prepare`.
public enum Squeeze: CopyOperator {
  /// The fields of `SqueezeOptions`.
  public struct Options: Hashable, Sendable {
    /// Counted from the end where negative; empty for every axis of extent 1.
    public var axes: [Int]

    /// Squeeze options.
    public init(axes: [Int] = []) {
      self.axes = axes
    }
  }

  public static let identity = OperatorIdentity.builtin(.squeeze)
  public static let versions = 1...2
  public static let quantization = QuantizationRule.sameAsInput(0)

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    Options(axes: try raw.table(named: "SqueezeOptions").integers("squeeze_dims") ?? [])
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("SqueezeOptions", ["squeeze_dims": .integers(options.axes.map(Int64.init))])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    let input = try inputs.required(0, "input")
    var removed: Set<Int> = []
    for axis in options.axes {
      let axis = try input.shape.normalizedAxis(axis)
      guard input.shape[axis] == 1 else {
        throw OctetError(
          .invalidShape(input.shape.dimensions, reason: "axis \(axis) has no extent of 1"))
      }
      removed.insert(axis)
    }
    let extents = input.shape.dimensions
    let kept = extents.indices.filter {
      options.axes.isEmpty ? extents[$0] != 1 : !removed.contains($0)
    }
    return [OutputSpec(input.type, try Shape(kept.map { extents[$0] }))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    try expectSameType(try inputs.required(0, "input"), outputs[0])
    return CopyPlan()
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int { inputs.optional(0)?.type == .string ? 2 : 1 }
}
