import OctetCore
import OctetFormat

/// Runs one of two graphs, as a condition says.
///
/// **Shapes**: condition one element; the other inputs are those of both graphs, and the outputs
/// those of the graph that ran.
///
/// **Types**: condition bool; the rest all.
///
/// **Throws**: what running the graph throws.
///
/// **Source**: TFLite `if_kernel::Eval`.
public enum If: OperatorDefinition {
  /// The fields of `IfOptions`, as positions among the model's subgraphs.
  public struct Options: Hashable, Sendable {
    /// The subgraph that runs where the condition holds.
    public var thenGraph: Int
    /// The subgraph that runs elsewhere.
    public var elseGraph: Int

    /// IF options.
    public init(thenGraph: Int = 0, elseGraph: Int = 0) {
      self.thenGraph = thenGraph
      self.elseGraph = elseGraph
    }
  }

  /// The graphs, and what they are given.
  public struct Plan: Sendable {
    var options: Options
    var inputs: [OutputSpec]
  }

  public static let identity = OperatorIdentity.builtin(.if)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly
  public static let givesOutputShapes = true
  public static let isRepeatable = false

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    let table = raw.table(named: "IfOptions")
    return Options(
      thenGraph: try table.integer("then_subgraph_index", default: 0),
      elseGraph: try table.integer("else_subgraph_index", default: 0))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions(
      "IfOptions",
      [
        "then_subgraph_index": .integer(Int64(options.thenGraph)),
        "else_subgraph_index": .integer(Int64(options.elseGraph)),
      ])
  }

  public static func graphCalls(_ options: Options) -> [GraphCall] {
    [options.thenGraph, options.elseGraph].map { GraphCall(graph: $0, firstInput: 1) }
  }

  public static func inferOutputs(
    _ options: Options, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let condition = try inputs.required(0, "condition")
    guard condition.shape.elementCount == 1 else {
      throw OctetError(
        .invalidShape(condition.shape.dimensions, reason: "the condition must be one element"))
    }
    return try inputs.commonGraphOutputs()
  }

  public static func prepare(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> Plan {
    let condition = try inputs.required(0, "condition")
    guard condition.type == .bool else { throw unsupportedTypes(condition) }
    return Plan(options: options, inputs: try inputs.graphInputs(from: 1))
  }

  public static func reference(_ plan: Plan, _ buffers: KernelBuffers) {
    let condition = buffers.input(0, as: UInt8.self)[0] != 0
    let graph = condition ? plan.options.thenGraph : plan.options.elseGraph
    buffers.giveResults(of: graph, plan.inputs, from: 1)
  }
}
