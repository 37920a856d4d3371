import OctetCore
import OctetFormat

/// Runs the graph that a named composition of operators stands for.
///
/// **Shapes**: inputs and outputs are those of the graph.
///
/// **Types**: all.
///
/// **Throws**: what running the graph throws.
///
/// **Source**: TFLite `stablehlo_composite::Eval`.
public enum StableHLOComposite: StableHLOOperator {
  /// The fields of `StableHLOCompositeOptions`; only the graph says what is computed.
  public struct Options: Hashable, Sendable {
    /// The name of the composition: `odml.rms_norm`.
    public var name: String
    /// The graph, as a position among the model's subgraphs.
    public var decomposition: Int
    /// What a kernel for the composition as a whole would need to know, as flexbuffers.
    public var attributes: Bytes?
    /// The version of the composition.
    public var version: Int

    /// A composition.
    public init(name: String, decomposition: Int, attributes: Bytes? = nil, version: Int = 0) {
      self.name = name
      self.decomposition = decomposition
      self.attributes = attributes
      self.version = version
    }
  }

  /// The graph, and what it is given.
  public struct Plan: Sendable {
    var graph: Int
    var inputs: [OutputSpec]
  }

  public static let identity = OperatorIdentity.builtin(.stablehloComposite)
  public static let givesOutputShapes = true

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "StableHLOCompositeOptions")
    var attributes: Bytes?
    if case .bytes(let bytes)? = table.fields["composite_attributes"] { attributes = bytes }
    return Options(
      name: try table.string("name") ?? "",
      decomposition: try table.integer("decomposition_subgraph_index", default: 0),
      attributes: attributes, version: try table.integer("version", default: 0))
  }

  public static func encode(_ options: Options) -> RawOptions {
    var fields: [String: OptionsTable.Value] = [
      "name": .string(options.name),
      "decomposition_subgraph_index": .integer(Int64(options.decomposition)),
      "version": .integer(Int64(options.version)),
    ]
    if let attributes = options.attributes { fields["composite_attributes"] = .bytes(attributes) }
    return RawOptions("StableHLOCompositeOptions", fields)
  }

  public static func graphCalls(_ options: Options) -> [GraphCall] {
    [GraphCall(graph: options.decomposition, firstInput: 0)]
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    guard inputs.count > 0 else { throw OctetError(.missingInput(index: 0, role: "input")) }
    return try inputs.commonGraphOutputs()
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    Plan(graph: options.decomposition, inputs: try inputs.graphInputs(from: 0))
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    buffers.giveResults(of: plan.graph, plan.inputs, from: 0)
  }
}
