import OctetCore
import OctetFormat

/// Runs a graph the first time that an interpreter comes here: it gives variables their values.
///
/// **Shapes**: neither inputs nor outputs.
///
/// **Throws**: what running the graph throws; it runs again then.
///
/// **Source**: TFLite `call_once_kernel::Eval`.
public enum CallOnce: OperatorDefinition {
  /// The field of `CallOnceOptions`, as a position among the model's subgraphs.
  public struct Options: Hashable, Sendable {
    /// The subgraph that runs.
    public var graph: Int

    /// Options of CALL_ONCE.
    public init(graph: Int = 0) {
      self.graph = graph
    }
  }

  public static let identity = OperatorIdentity.builtin(.callOnce)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.notReal

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "CallOnceOptions")
    return Options(graph: try table.integer("init_subgraph_index", default: 0))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("CallOnceOptions", ["init_subgraph_index": .integer(Int64(options.graph))])
  }

  public static func graphCalls(_ options: Options) -> [GraphCall] {
    [GraphCall(graph: options.graph, firstInput: nil)]
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    try inputs.expectCount(0...0)
    return []
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Options { options }

  public static func reference(_ plan: Options, _ buffers: KernelBuffers) {
    let state = buffers.context.state
    guard !state.initializedGraphs.contains(plan.graph) else { return }
    buffers.withGraphs { graphs throws(OctetError) in
      _ = try graphs.run(plan.graph, [])
      state.initializedGraphs.insert(plan.graph)
    }
  }
}
