import OctetCore
import OctetFormat

/// A tensor of a default value with some elements set.
///
/// **Shapes**: indices `[]`, `[n]` or `[n, rank]` i32 or i64; the output's shape as a vector i32 or
/// i64; values `[]` (the same everywhere) or `[n]`; default value, one element. Vectors of indices
/// are for outputs of rank 1.
///
/// **Types**: float32, int64, int32, int8, uint8. Of several values for one place the last stays.
///
/// **Quantization**: none; values are copied.
///
/// **Throws**: `.invalidArgument` where constant indices lie outside the output. Values for places
/// outside it that are computed at run time are dropped.
///
/// **Source**: TFLite `reference_ops::SparseToDense`, which takes ranks up to 4.
public enum SparseToDense: OperatorDefinition {
  /// The field of `SparseToDenseOptions`, which no kernel reads.
  public struct Options: Hashable, Sendable {
    /// Whether indices were to be checked for order and repetition; kept for writing.
    public var validatesIndices: Bool

    /// Options.
    public init(validatesIndices: Bool = false) {
      self.validatesIndices = validatesIndices
    }
  }

  /// The indexed axes and the elements' width.
  public struct Plan: Sendable {
    var count: Int
    var hasOneValue: Bool
    var locator: SliceLocator
    var width: ElementWidth
  }

  public static let identity = OperatorIdentity.builtin(.sparseToDense)
  public static let versions = 1...3
  public static let quantization = QuantizationRule.floatOnly

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    Options(
      validatesIndices: try raw.table(named: "SparseToDenseOptions")
        .boolean("validate_indices", default: false))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "SparseToDenseOptions", ["validate_indices": .integer(options.validatesIndices ? 1 : 0)])
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    switch inputs.optional(2)?.type {
    case .int8, .uint8: 3
    case .int64: 2
    default: 1
    }
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(4...4)
    let indices = try inputs.required(0, "indices").shape
    let values = try inputs.required(2, "values")
    let fallback = try inputs.required(3, "default value")
    let shape = try Shape(inputs.constantIntegers(1, "output shape"))
    // Indices without elements would name the one place of a scalar any number of times.
    guard indices.rank <= 2, shape.rank == (indices.rank == 2 ? indices[1] : 1), shape.rank > 0
    else {
      throw OctetError(
        .invalidShape(indices.dimensions, reason: "the indices do not fit an output \(shape)"))
    }
    let count = indices.rank == 2 ? indices[0] : indices.elementCount
    guard values.shape.rank == 0 || (values.shape.rank == 1 && values.shape[0] == count),
      fallback.shape.elementCount == 1
    else {
      throw OctetError(
        .invalidShape(
          values.shape.dimensions,
          reason: "there must be one value or \(count), and one default value"))
    }
    return [OutputSpec(values.type, shape)]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let indices = try inputs.required(0, "indices")
    let values = try inputs.required(2, "values")
    let fallback = try inputs.required(3, "default value")
    try expectSameType(values, outputs[0])
    try expectSameType(fallback, outputs[0])
    switch values.type {
    case .float32, .int64, .int32, .int8, .uint8: break
    default: throw unsupportedTypes(values, outputs[0])
    }
    guard indices.type == .int32 || indices.type == .int64, let reader = IndexReader(indices.type)
    else { throw unsupportedTypes(indices, values) }
    let locator = SliceLocator(
      tensor: outputs[0].shape, indexLength: outputs[0].shape.rank, reader: reader)
    try locator.checkConstant(indices)
    return Plan(
      count: indices.shape.rank == 2 ? indices.shape[0] : indices.shape.elementCount,
      hasOneValue: values.shape.rank == 0, locator: locator, width: try elementWidth(values))
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    switch plan.width {
    case .one: scatter(plan, buffers, UInt8.self)
    case .two: scatter(plan, buffers, UInt16.self)
    case .four: scatter(plan, buffers, UInt32.self)
    case .eight: scatter(plan, buffers, UInt64.self)
    }
  }

  @inline(__always)
  private static func scatter<Element: BitwiseCopyable>(
    _ plan: Plan, _ buffers: KernelBuffers, _ type: Element.Type
  ) {
    let values = buffers.input(2, as: type)
    let output = buffers.output(0, as: type)
    output.update(repeating: buffers.input(3, as: type)[0])
    for number in 0..<plan.count {
      guard let place = plan.locator.start(of: number, buffers, indices: 0) else { continue }
      output[place] = values[plan.hasOneValue ? 0 : number]
    }
  }
}
