import OctetCore
import OctetFormat

/// Fills a hash table with entries, unless it was filled before.
///
/// **Shapes**: table `[1]`, keys and values of one shape; no output.
///
/// **Types**: table resource; keys int64 and values string, or keys string and values int64.
///
/// **Throws**: `.invalidArgument` where there is no such table.
///
/// **Source**: TFLite `hashtable::EvalHashtableImport`.
public enum HashTableImport: OperatorDefinition {
  public typealias Options = NoOptions

  /// The number of entries and their types.
  public struct Plan: Sendable {
    var count: Int
    var kind: HashTable.Kind
  }

  public static let identity = OperatorIdentity.builtin(.hashtableImport)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.notReal

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("HashtableImportOptions")
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(3...3)
    return []
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    try expectTable(inputs)
    let keys = try inputs.required(1, "keys")
    let values = try inputs.required(2, "values")
    guard let kind = HashTable.Kind(key: keys.type, value: values.type) else {
      throw unsupportedTypes(keys, values)
    }
    guard keys.shape == values.shape else {
      throw OctetError(
        .invalidShape(values.shape.dimensions, reason: "the keys' shape is \(keys.shape)"))
    }
    return Plan(count: keys.shape.elementCount, kind: kind)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let identifier = buffers.input(0, as: Int32.self)[0]
    do throws(OctetError) {
      let table = try buffers.context.state.table(identifier, plan.kind)
      table.fill(plan.count, buffers, keys: 1, values: 2)
    } catch {
      buffers.context.fail(error)
    }
  }
}

extension OperatorDefinition {
  /// Checks that input 0 is a hash table's handle.
  ///
  /// - Throws: `.unsupportedTypes`, `.invalidShape`.
  static func expectTable(_ inputs: Operands) throws(OctetError) {
    let handle = try inputs.required(0, "table")
    guard handle.type == .resource else { throw unsupportedTypes(handle) }
    guard handle.shape.dimensions == [1] else {
      throw OctetError(.invalidShape(handle.shape.dimensions, reason: "a table's handle is [1]"))
    }
  }
}
