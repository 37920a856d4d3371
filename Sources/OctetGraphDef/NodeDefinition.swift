import OctetCore

/// One operation of a graph.
///
/// Source: `NodeDef` in TensorFlow's `node_def.proto`.
public struct NodeDefinition: Hashable, Sendable {
  /// Unique in the graph.
  public let name: String
  /// What it does: `Conv2D`, `Const`; not necessarily an operation that is known here.
  public let operation: String
  /// The values that it reads.
  public let inputs: [NodeInput]
  /// Names of nodes that have to run before it, though it reads nothing of them.
  public let controlInputs: [String]
  /// Parameters of the operation, by name.
  public let attributes: [String: AttributeValue]
  /// Where it was to run; nil where the file doesn't say.
  public let device: String?

  /// A node from its parts.
  public init(
    name: String, operation: String, inputs: [NodeInput] = [], controlInputs: [String] = [],
    attributes: [String: AttributeValue] = [:], device: String? = nil
  ) {
    self.name = name
    self.operation = operation
    self.inputs = inputs
    self.controlInputs = controlInputs
    self.attributes = attributes
    self.device = device
  }
}

extension NodeDefinition {
  /// The node as a place of an error: `node conv1 (Conv2D)`.
  public var place: String { "node \(name) (\(operation))" }
}
