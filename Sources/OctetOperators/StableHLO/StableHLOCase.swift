import OctetCore
import OctetFormat

/// Runs one of several graphs, as an index says; the last where the index is out of range.
///
/// **Shapes**: index one element; the other inputs are those of all graphs, and the outputs those
/// of the graph that ran.
///
/// **Types**: index int32; the rest all.
///
/// **Throws**: what running the graph throws.
///
/// **Source**: TFLite `stablehlo_case::Eval`.
public enum StableHLOCase: StableHLOOperator {
  /// The field of `StablehloCaseOptions`, as positions among the model's subgraphs.
  public struct Options: Hashable, Sendable {
    /// The subgraphs; the index chooses one.
    public var branches: [Int]

    /// A choice of graphs.
    public init(branches: [Int]) {
      self.branches = branches
    }
  }

  /// The graphs, at least one, and what they are given.
  public struct Plan: Sendable {
    var branches: [Int]
    var inputs: [OutputSpec]
  }

  public static let identity = OperatorIdentity.builtin(.stablehloCase)
  public static let givesOutputShapes = true

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "StablehloCaseOptions")
    return Options(branches: try table.list("branch_subgraph_indices"))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "StablehloCaseOptions",
      ["branch_subgraph_indices": .integers(options.branches.map(Int64.init))])
  }

  public static func graphCalls(_ options: Options) -> [GraphCall] {
    options.branches.map { GraphCall(graph: $0, firstInput: 1) }
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let index = try inputs.required(0, "index")
    guard index.shape.elementCount == 1 else {
      throw OctetError(
        .invalidShape(index.shape.dimensions, reason: "the index must be one element"))
    }
    guard !options.branches.isEmpty else {
      throw .option("branch_subgraph_indices", options.branches)
    }
    return try inputs.commonGraphOutputs()
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let index = try inputs.required(0, "index")
    guard index.type == .int32 else { throw unsupportedTypes(index) }
    guard !options.branches.isEmpty else {
      throw .option("branch_subgraph_indices", options.branches)
    }
    return Plan(branches: options.branches, inputs: try inputs.graphInputs(from: 1))
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let index = Int(buffers.input(0, as: Int32.self)[0])
    let branch = plan.branches.indices.contains(index) ? index : plan.branches.count - 1
    buffers.giveResults(of: plan.branches[branch], plan.inputs, from: 1)
  }
}
