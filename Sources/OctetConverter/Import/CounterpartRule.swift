import OctetCore
import OctetOperators

/// A rule for operations that TFLite has with the same inputs and without attributes.
protocol CounterpartRule: ImportRule {
  /// The TFLite operation and the number of inputs, by TensorFlow operation.
  static var counterparts: [String: (operation: Operation, inputCount: Int)] { get }

  /// Those whose results are true or false, whatever they read.
  static var predicates: Set<String> { get }
}

extension CounterpartRule {
  static var predicates: Set<String> { [] }

  static var operations: [String] { Array(counterparts.keys) }

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    guard let (operation, inputCount) = counterparts[node.operation] else { return [] }
    try node.expectInputs(inputCount...inputCount)
    return [
      try builder.append(
        operation, name: node.name, inputs: node.inputs,
        type: predicates.contains(node.operation) ? .bool : nil)
    ]
  }
}
