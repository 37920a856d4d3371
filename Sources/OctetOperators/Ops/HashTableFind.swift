import OctetCore
import OctetFormat

/// The values of keys in a hash table; a default where a key isn't there.
///
/// **Shapes**: table `[1]`, keys any, default one element; output as keys.
///
/// **Types**: table resource; keys int64 and values string, or keys string and values int64.
///
/// **Throws**: `.invalidArgument` where there is no such table, or it was never filled.
///
/// **Source**: TFLite `hashtable::EvalHashtableFind`.
public enum HashTableFind: OperatorDefinition {
  public typealias Options = NoOptions
  public typealias Plan = HashTableImport.Plan

  public static let identity = OperatorIdentity.builtin(.hashtableFind)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.notReal

  public static func encode(_ options: Options) -> RawOptions { RawOptions("HashtableFindOptions") }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(3...3)
    return [
      OutputSpec(
        try inputs.required(2, "default").type, try inputs.required(1, "keys").shape)
    ]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    try expectTable(inputs)
    let keys = try inputs.required(1, "keys")
    let fallback = try inputs.required(2, "default")
    guard let kind = HashTable.Kind(key: keys.type, value: fallback.type) else {
      throw unsupportedTypes(keys, fallback)
    }
    guard fallback.shape.elementCount > 0 else {
      throw OctetError(
        .invalidShape(fallback.shape.dimensions, reason: "there is no default value"))
    }
    return Plan(count: keys.shape.elementCount, kind: kind)
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let identifier = buffers.input(0, as: Int32.self)[0]
    do throws(OctetError) {
      let table = try buffers.context.state.table(identifier, plan.kind)
      try table.look(up: plan.count, buffers, keys: 1, fallback: 2)
    } catch {
      buffers.context.fail(error)
    }
  }
}
