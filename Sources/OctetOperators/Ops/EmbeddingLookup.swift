import OctetCore
import OctetFormat

/// Rows of a table by their numbers.
///
/// **Shapes**: numbers `[N]`, table `[R, ...]`, output `[N, ...]`.
///
/// **Types**: numbers int32; a table of any type whose elements fill bytes, or of uint8, int8 or int4
/// with a float32 output.
///
/// **Quantization**: with a float32 output `q · scale`, one scale for the table or one for each row; zero
/// points are 0. uint8 tables, from early converters, hold int8 bits.
///
/// **Throws**: `.invalidArgument` for a number outside the table, also when it runs.
///
/// **Source**: TFLite `embedding_lookup::Eval`.
public enum EmbeddingLookup: OperatorDefinition {
  public typealias Options = NoOptions

  /// Extents and types.
  public struct Plan: Sendable {
    fileprivate var count: Int
    fileprivate var rows: Int
    /// Elements of a row.
    fileprivate var rowLength: Int
    fileprivate var form: Form
  }

  fileprivate enum Form {
    case copy(rowByteCount: Int)
    case int8(scales: [Float])
    case int4(scales: [Float])
  }

  public static let identity = OperatorIdentity.builtin(.embeddingLookup)
  public static let versions = 1...4
  public static let quantization = QuantizationRule.sameAsInput(1)

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(2...2)
    let numbers = try inputs.required(0, "numbers").shape
    let table = try inputs.required(1, "table")
    guard numbers.rank == 1, table.shape.rank >= 2 else {
      throw OctetError(
        .invalidShape(
          table.shape.dimensions, reason: "numbers must have rank 1, the table 2 or more"))
    }
    let isReal = inputs.declaredOutputTypes.first == .float32
    return [
      OutputSpec(
        isReal ? .float32 : table.type,
        try Shape([numbers[0]] + table.shape.dimensions.dropFirst()))
    ]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let numbers = try inputs.required(0, "numbers")
    let table = try inputs.required(1, "table")
    guard numbers.type == .int32 else { throw unsupportedTypes(numbers) }
    let rowLength = try Shape(Array(table.shape.dimensions.dropFirst())).elementCount
    try IndexReader.int32.checkConstant(numbers, extents: [table.shape[0]])
    let form: Form
    switch (table.type, outputs[0].type) {
    case (let type, let output) where type == output:
      guard let width = ElementWidth(type), table.quantization?.scales.count ?? 1 == 1 else {
        throw unsupportedTypes(table, outputs[0])
      }
      form = .copy(rowByteCount: rowLength * width.rawValue)
    case (.uint8, .float32), (.int8, .float32): form = .int8(scales: try scales(table))
    case (.int4, .float32): form = .int4(scales: try scales(table))
    default: throw unsupportedTypes(table, outputs[0])
    }
    return Plan(
      count: numbers.shape.elementCount, rows: table.shape[0], rowLength: rowLength, form: form)
  }

  private static func scales(_ table: TensorSpec) throws(OctetError) -> [Float] {
    let scales = try HybridArithmetic.scales(of: table, channelCount: table.shape[0])
    guard scales.count == 1 || table.quantization?.axis == 0,
      table.quantization?.zeroPoints.first == 0
    else {
      throw OctetError(
        .invalidQuantization(
          reason: "'\(table.name)' must have scales along axis 0 and zero points of 0"))
    }
    return scales
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    switch inputs.optional(1)?.type {
    case .int4: 4
    case .int8: 3
    case .uint8: 2
    default: 1
    }
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let numbers = buffers.input(0, as: Int32.self)
    for i in 0..<plan.count {
      let row = Int(numbers[i])
      guard row >= 0, row < plan.rows else {
        buffers.context.fail(
          OctetError(
            .invalidArgument(
              name: "numbers", reason: "\(row) is outside a table of \(plan.rows) rows")))
        return
      }
      switch plan.form {
      case .copy(let byteCount):
        copyBytes(
          byteCount, to: buffers.outputBytes(0), at: i &* byteCount, from: buffers.inputBytes(1),
          at: row &* byteCount)
      case .int8(let scales):
        let scale = scales[scales.count == 1 ? 0 : row]
        let table = buffers.input(1, as: Int8.self)
        let output = buffers.output(0, as: Float.self)
        for j in 0..<plan.rowLength {
          output[i &* plan.rowLength &+ j] = Float(table[row &* plan.rowLength &+ j]) * scale
        }
      case .int4(let scales):
        unpack(row, to: i, plan, scale: scales[scales.count == 1 ? 0 : row], buffers)
      }
    }
  }

  /// Every row begins with the lower half of a byte, as the source reads them.
  private static func unpack(
    _ row: Int, to target: Int, _ plan: Plan, scale: Float, _ buffers: KernelBuffers
  ) {
    let table = buffers.inputBytes(1)
    let output = buffers.output(0, as: Float.self)
    let first = row &* plan.rowLength / 2
    for j in 0..<plan.rowLength {
      let pair = table[first &+ j / 2]
      let value = PackedIntegers.signExtended(j % 2 == 0 ? pair & 15 : pair >> 4)
      output[target &* plan.rowLength &+ j] = Float(value) * scale
    }
  }
}
