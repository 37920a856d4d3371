import OctetCore
import OctetFormat

/// The number of entries of a hash table.
///
/// **Shapes**: table `[1]`, output `[1]`.
///
/// **Types**: table resource, output int64.
///
/// **Throws**: `.invalidArgument` where there is no such table.
///
/// **Source**: TFLite `hashtable::EvalHashtableSize`.
public enum HashTableSize: OperatorDefinition {
  public typealias Options = NoOptions

  public static let identity = OperatorIdentity.builtin(.hashtableSize)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.notReal

  public static func encode(_ options: Options) -> RawOptions { RawOptions("HashtableSizeOptions") }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(1...1)
    return [OutputSpec(.int64, try Shape([1]))]
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) {
    try expectTable(inputs)
  }

  public static func reference(_ plan: Void, _ buffers: KernelBuffers) {
    do throws(OctetError) {
      let table = try buffers.context.state.table(buffers.input(0, as: Int32.self)[0])
      buffers.output(0, as: Int64.self)[0] = Int64(table.count)
    } catch {
      buffers.context.fail(error)
    }
  }
}
