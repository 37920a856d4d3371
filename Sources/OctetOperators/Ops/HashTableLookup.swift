import OctetCore
import OctetFormat

/// Rows of a table by sorted keys; zeros, or empty strings, for keys that aren't there.
///
/// **Shapes**: wanted keys `[N]`, keys `[R]`, table `[R, ...]`; outputs `[N, ...]` and hits `[N]`.
///
/// **Types**: keys int32; a table of any type whose elements fill bytes, or strings; hits uint8.
///
/// **Source**: TFLite `hashtable_lookup::Eval`. What it finds among keys that aren't sorted follows from
/// its way of searching, which is kept.
public enum HashTableLookup: OperatorDefinition {
  public typealias Options = NoOptions

  /// Extents.
  public struct Plan: Sendable {
    fileprivate var count: Int
    fileprivate var rows: Int
    fileprivate var rowByteCount: Int
  }

  public static let identity = OperatorIdentity.builtin(.hashtableLookup)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.sameAsInput(2)

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(3...3)
    let wanted = try inputs.required(0, "wanted keys").shape
    let keys = try inputs.required(1, "keys").shape
    let table = try inputs.required(2, "table")
    guard wanted.rank == 1, keys.rank == 1, table.shape.rank >= 1, keys[0] == table.shape[0],
      keys[0] > 0, table.type != .string || table.shape.rank == 1
    else {
      throw OctetError(
        .invalidShape(table.shape.dimensions, reason: "the table doesn't fit \(keys) keys"))
    }
    return [
      OutputSpec(
        table.type, try Shape([wanted[0]] + table.shape.dimensions.dropFirst())),
      OutputSpec(.uint8, wanted),
    ]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let wanted = try inputs.required(0, "wanted keys")
    let keys = try inputs.required(1, "keys")
    let table = try inputs.required(2, "table")
    guard wanted.type == .int32, keys.type == .int32, let width = ElementWidth(table.type) else {
      throw unsupportedTypes(wanted, keys, table)
    }
    let rowLength = try Shape(Array(table.shape.dimensions.dropFirst())).elementCount
    return Plan(
      count: wanted.shape[0], rows: keys.shape[0], rowByteCount: rowLength * width.rawValue)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let wanted = buffers.input(0, as: Int32.self)
    let hits = buffers.output(1, as: UInt8.self)
    for i in 0..<plan.count {
      let row = search(wanted[i], buffers.input(1, as: Int32.self))
      // The handle of the empty string is 0 too.
      copyBytes(
        plan.rowByteCount, to: buffers.outputBytes(0), at: i &* plan.rowByteCount,
        from: buffers.inputBytes(2), at: row.map { $0 &* plan.rowByteCount })
      hits[i] = row == nil ? 0 : 1
    }
  }

  /// Halves the range as the C library's `bsearch` does, comparing by a difference that wraps.
  private static func search(_ key: Int32, _ keys: UnsafeBufferPointer<Int32>) -> Int? {
    var (lower, upper) = (0, keys.count)
    while lower < upper {
      let middle = (lower + upper) / 2
      let difference = key &- keys[middle]
      if difference == 0 { return middle }
      if difference < 0 { upper = middle } else { lower = middle + 1 }
    }
    return nil
  }
}
