import OctetCore
import OctetFormat

/// Tensors of one shape joined along a new axis.
///
/// **Shapes**: inputs all alike, of rank `r`; output of rank `r + 1`.
///
/// **Types**: elements of 1, 2, 4 or 8 bytes.
///
/// **Quantization**: inputs and output must have the same.
///
/// **Source**: TFLite `reference_ops::Pack`.
public enum Pack: MovementOperator {
  /// The fields of `PackOptions`.
  public struct Options: Hashable, Sendable {
    /// The number of inputs.
    public var inputCount: Int
    /// Where the new axis goes; counted from the end of the output's axes where negative.
    public var axis: Int

    /// Pack options.
    public init(inputCount: Int, axis: Int = 0) {
      self.inputCount = inputCount
      self.axis = axis
    }
  }

  public static let identity = OperatorIdentity.builtin(.pack)
  public static let versions = 1...5
  public static let quantization = QuantizationRule.sharedByAll
  public static let requiresIdenticalScales = true

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "PackOptions")
    return Options(
      inputCount: try table.integer("values_count", default: 0),
      axis: try table.integer("axis", default: 0))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "PackOptions",
      [
        "values_count": .integer(Int64(options.inputCount)), "axis": .integer(Int64(options.axis)),
      ])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let first = try inputs.required(0, "input")
    guard inputs.count == options.inputCount else {
      throw OctetError(.invalidOption(name: "values_count", value: "\(options.inputCount)"))
    }
    for index in 1..<inputs.count {
      let other = try inputs.required(index, "input")
      guard other.type == first.type else { throw unsupportedTypes(first, other) }
      guard other.shape == first.shape else {
        throw OctetError(
          .invalidShape(
            other.shape.dimensions, reason: "input \(index) differs from \(first.shape)"))
      }
    }
    let axis = try normalizedInsertion(options.axis, rank: first.shape.rank)
    var extents = first.shape.dimensions
    extents.insert(inputs.count, at: axis)
    return [OutputSpec(first.type, try Shape(extents))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let output = outputs[0]
    for index in 0..<inputs.count {
      let input = try inputs.required(index, "input")
      try expectSameType(input, output)
      try expectSameQuantization(input, output)
    }
    let first = try inputs.required(0, "input")
    let axis = try normalizedInsertion(options.axis, rank: first.shape.rank)
    let sizes = [Int](repeating: 1, count: inputs.count)
    return try Partition(output.shape, axis: axis, sizes: sizes).joining(
      width: elementWidth(first))
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    switch inputs.optional(0)?.type {
    case .int8, .int16: 2
    default: 1
    }
  }
}
