import OctetCore
import OctetGraphDef
import OctetOperators

/// How TensorFlow operations of certain names become operators of a graph; one file each.
protocol ImportRule: Sendable {
  /// The TensorFlow operations that the rule is for.
  static var operations: [String] { get }

  /// Appends what the node computes to the builder's graph.
  ///
  /// - Returns: the node's outputs, as many as the node has.
  /// - Throws: what makes the node impossible to convert; the caller adds its name.
  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID]
}

/// A TensorFlow node with its inputs resolved to tensors of the graph being built.
struct SourceNode {
  /// The node as read.
  let definition: NodeDefinition
  /// The values that it reads.
  let inputs: [TensorID]

  /// Unique in the TensorFlow graph, with the calls that lead to it: `call/node`; the first output
  /// has this name.
  let name: String

  /// A node; `scope` goes before its name.
  init(definition: NodeDefinition, scope: String = "", inputs: [TensorID]) {
    self.definition = definition
    self.inputs = inputs
    name = scope + definition.name
  }

  /// The same node with other attributes and inputs.
  func with(
    _ attributes: [String: AttributeValue], inputs: [TensorID], scope: String? = nil
  ) -> SourceNode {
    let changed = NodeDefinition(
      name: definition.name, operation: operation, inputs: definition.inputs,
      attributes: attributes)
    let ownScope = String(name.dropLast(definition.name.count))
    return SourceNode(definition: changed, scope: scope ?? ownScope, inputs: inputs)
  }

  /// The TensorFlow operation: `Conv2D`.
  var operation: String { definition.operation }

  /// Names of the first `count` outputs: `node`, `node:1`, …
  func outputNames(_ count: Int) -> [String] {
    (0..<count).map { $0 == 0 ? name : "\(name):\($0)" }
  }

  /// Input `index`.
  ///
  /// - Throws: `.missingInput`.
  func input(_ index: Int, _ role: String) throws(OctetError) -> TensorID {
    guard index < inputs.count else {
      throw OctetError(.missingInput(index: index, role: role))
    }
    return inputs[index]
  }

  /// Checks the number of inputs, control inputs apart.
  ///
  /// - Throws: `.wrongCount`.
  func expectInputs(_ range: ClosedRange<Int>) throws(OctetError) {
    guard range.contains(inputs.count) else {
      throw OctetError(.wrongCount(what: "inputs", expected: range, found: inputs.count))
    }
  }
}
