import OctetCore
import OctetFormat

/// An operator that runs a graph on its own results as long as another graph says so.
///
/// **Shapes**: inputs and outputs are those of the body; results of the body are its next inputs,
/// whose shapes may differ from one iteration to the next.
///
/// **Types**: all; the condition's only output is one bool.
///
/// **Throws**: what running the graphs throws, among it `.limitExceeded` for a loop that doesn't
/// end.
public protocol LoopOperator: OperatorDefinition
where Options == LoopOptions, Plan == LoopPlan {
  /// The name of the options' table.
  static var optionsName: String { get }
}

/// The graphs of a loop, as positions among the model's subgraphs.
public struct LoopOptions: Hashable, Sendable {
  /// The subgraph that tells whether to go on.
  public var condition: Int
  /// The subgraph of one step.
  public var body: Int

  /// Loop options.
  public init(condition: Int = 0, body: Int = 0) {
    self.condition = condition
    self.body = body
  }
}

/// The graphs, and what they are given at first.
public struct LoopPlan: Sendable {
  var options: LoopOptions
  var inputs: [OutputSpec]
}

extension LoopOperator {
  public static var versions: ClosedRange<Int> { 1...1 }
  public static var quantization: QuantizationRule { .floatOnly }
  public static var givesOutputShapes: Bool { true }
  public static var isRepeatable: Bool { false }

  public static func decode(_ raw: RawOptions) throws(OctetError) -> LoopOptions {
    let table = raw.table(named: optionsName)
    return LoopOptions(
      condition: try table.integer("cond_subgraph_index", default: 0),
      body: try table.integer("body_subgraph_index", default: 0))
  }

  public static func encode(_ options: LoopOptions) -> RawOptions {
    RawOptions(
      optionsName,
      [
        "cond_subgraph_index": .integer(Int64(options.condition)),
        "body_subgraph_index": .integer(Int64(options.body)),
      ])
  }

  public static func graphCalls(_ options: LoopOptions) -> [GraphCall] {
    [
      GraphCall(graph: options.condition, firstInput: 0),
      GraphCall(graph: options.body, firstInput: 0, keepsResults: true),
    ]
  }

  /// The shapes of the inputs where the body keeps them.
  public static func inferOutputs(
    _ options: LoopOptions, _ inputs: Operands
  ) throws(OctetError) -> [OutputSpec] {
    let initial = try inputs.graphInputs(from: 0)
    if let condition = inputs.graphOutputs.first, let outputs = condition {
      guard outputs.count == 1, outputs[0].isCondition else {
        throw OctetError(
          .malformedModel(reason: "the condition's graph must give one bool, gives \(outputs)"))
      }
    }
    guard inputs.graphOutputs.count == 2, let outputs = inputs.graphOutputs[1], outputs == initial
    else { throw OctetError(.valueNotConstant(index: 0, role: "loop variables")) }
    return outputs
  }

  public static func prepare(
    _ options: LoopOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> LoopPlan {
    guard inputs.count == outputs.count else {
      throw OctetError(
        .wrongCount(
          what: "outputs", expected: inputs.count...inputs.count, found: outputs.count))
    }
    return LoopPlan(options: options, inputs: try inputs.graphInputs(from: 0))
  }

  public static func reference(_ plan: LoopPlan, _ buffers: KernelBuffers) {
    buffers.withGraphs { graphs throws(OctetError) in
      var variables = buffers.values(from: 0, plan.inputs)
      while try isTrue(graphs.run(plan.options.condition, variables)) {
        variables = try graphs.run(plan.options.body, variables)
      }
      for (index, value) in variables.enumerated() { buffers.give(value, toOutput: index) }
    }
  }

  private static func isTrue(_ results: [GraphValue]) throws(OctetError) -> Bool {
    guard results.count == 1,
      OutputSpec(results[0].type, results[0].shape).isCondition
    else {
      throw OctetError(.malformedModel(reason: "the condition's graph must give one bool"))
    }
    return results[0].bytes[0] != 0
  }
}

extension OutputSpec {
  fileprivate var isCondition: Bool {
    type == .bool && shape.rank <= 1 && shape.elementCount == 1
  }
}
