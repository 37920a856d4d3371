import OctetCore
import OctetFormat

/// Runs one of several graphs, as an index says; one outside their range stands for the last.
///
/// **Shapes**: index one element; the other inputs are those of all graphs, and the outputs those
/// of the graph that ran.
///
/// **Types**: index i32; the rest all.
///
/// **Throws**: what running the graph throws.
///
/// **Source**: TFLite `stablehlo_case::Eval`.
public enum StablehloCase: OperatorDefinition {
  /// The field of `StablehloCaseOptions`, as positions among the model's subgraphs.
  public struct Options: Hashable, Sendable {
    public var graphs: [Int]

    /// Case options.
    public init(graphs: [Int]) {
      self.graphs = graphs
    }
  }

  /// The graphs, and what they are given.
  public struct Plan: Sendable {
    var graphs: [Int]
    var inputs: [OutputSpec]
  }

  public static let identity = OperatorIdentity.builtin(.stablehloCase)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly
  public static let givesOutputShapes = true

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "StablehloCaseOptions")
    return Options(graphs: try table.integers("branch_subgraph_indices") ?? [])
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "StablehloCaseOptions",
      ["branch_subgraph_indices": .integers(options.graphs.map(Int64.init))])
  }

  public static func graphCalls(_ options: Options) -> [GraphCall] {
    options.graphs.map { GraphCall(graph: $0, firstInput: 1) }
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let index = try inputs.required(0, "index")
    guard index.shape.elementCount == 1 else {
      throw OctetError(.invalidShape(index.shape.dimensions, reason: "the index is one element"))
    }
    guard !options.graphs.isEmpty else {
      throw OctetError(.invalidOption(name: "branch_subgraph_indices", value: "[]"))
    }
    return try inputs.commonGraphOutputs()
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let index = try inputs.required(0, "index")
    guard index.type == .int32 else { throw unsupportedTypes(index) }
    return Plan(graphs: options.graphs, inputs: try inputs.graphInputs(from: 1))
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int { 1 }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let index = Int(buffers.input(0, as: Int32.self)[0])
    let last = plan.graphs.count - 1
    let graph = plan.graphs[index >= 0 && index < last ? index : last]
    buffers.giveResults(of: graph, plan.inputs, from: 1)
  }
}
