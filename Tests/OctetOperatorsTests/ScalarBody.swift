import OctetCore
import OctetFormat
import OctetOperators

/// Models whose only subgraph is the body of an operator: it works on scalars.
enum ScalarBody {
  /// A body of one operator that takes all arguments in their order.
  static func single(
    _ builtin: BuiltinOperator, _ type: ElementType, options: OptionsTable? = nil,
    result: ElementType? = nil
  ) -> Model {
    model(
      arguments: [type, type], others: [result ?? type], results: [2],
      steps: [(builtin, options, [0, 1], [2])])
  }

  /// A body that gives its second argument.
  static func replacement(_ type: ElementType) -> Model {
    model(arguments: [type, type], others: [], results: [1], steps: [])
  }

  /// A body of several operators; tensors are the arguments and then the others.
  static func model(
    arguments: [ElementType], others: [ElementType], results: [Int],
    steps: [(builtin: BuiltinOperator, options: OptionsTable?, inputs: [Int], outputs: [Int])]
  ) -> Model {
    var graph = Subgraph()
    graph.tensors = (arguments + others).map { Tensor(name: nil, type: $0, shape: []) }
    graph.inputs = Array(arguments.indices)
    graph.outputs = results
    graph.operators = steps.enumerated().map { index, step in
      Operator(
        code: index, inputs: step.inputs, outputs: step.outputs, options2: step.options)
    }
    return Model(
      operatorCodes: steps.map { OperatorCode(builtin: $0.builtin) }, subgraphs: [graph],
      buffers: [Buffer()])
  }

  /// The options of a comparison.
  static func comparison(_ direction: StableHLOCompare.Direction) -> OptionsTable? {
    StableHLOCompare.encode(StableHLOCompare.Options(direction)).table
  }
}
