import OctetCore
import OctetFormat

/// The handle of a hash table, which is made where there is none of its number.
///
/// **Shapes**: output `[1]`.
///
/// **Types**: output resource; keys int64 and values string, or keys string and values int64.
///
/// **Source**: TFLite `hashtable::EvalHashtable`.
public enum HashTableHandle: OperatorDefinition {
  /// The fields of `HashtableOptions`.
  public struct Options: Hashable, Sendable {
    /// Graphs that use the same number share the table.
    public var identifier: Int
    /// int64, or string.
    public var keyType: ElementType
    /// The other one of both.
    public var valueType: ElementType

    /// Options of HASHTABLE.
    public init(identifier: Int, keyType: ElementType, valueType: ElementType) {
      self.identifier = identifier
      self.keyType = keyType
      self.valueType = valueType
    }
  }

  /// The table's number and types.
  public struct Plan: Sendable {
    var identifier: Int32
    var kind: HashTable.Kind
  }

  public static let identity = OperatorIdentity.builtin(.hashtable)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.notReal

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "HashtableOptions")
    return Options(
      identifier: try table.integer("table_id", default: 0),
      keyType: try table.enumeration("key_dtype", default: .float32),
      valueType: try table.enumeration("value_dtype", default: .float32))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "HashtableOptions",
      [
        "table_id": .integer(Int64(options.identifier)),
        "key_dtype": .integer(Int64(options.keyType.rawValue)),
        "value_dtype": .integer(Int64(options.valueType.rawValue)),
      ])
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(0...0)
    return [OutputSpec(.resource, try Shape([1]))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    guard let kind = HashTable.Kind(key: options.keyType, value: options.valueType) else {
      throw OctetError(
        .unsupportedTypes(operator: name, types: [options.keyType, options.valueType]))
    }
    return Plan(identifier: Int32(truncatingIfNeeded: options.identifier), kind: kind)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    buffers.context.state.makeTable(plan.identifier, plan.kind)
    buffers.output(0, as: Int32.self)[0] = plan.identifier
  }
}
