import OctetCore

/// A TensorFlow graph as values: immutable, with inputs that are known to exist.
///
/// Operations need not be known here: what a conversion can't use, it may still prune.
///
/// Source: `GraphDef` in TensorFlow's `graph.proto`.
public struct GraphDefinition: Sendable {
  /// In the file's order, which need not be an order of execution.
  public let nodes: [NodeDefinition]
  /// The functions that nodes may call, in the file's order.
  public let functions: [FunctionDefinition]
  /// By name the functions of the file that can't be called, and why.
  public let unreadableFunctions: [String: OctetError]
  /// The version of the format that the producing TensorFlow wrote; 0 where the file has none.
  public let producerVersion: Int

  private let indicesByName: [String: Int]

  /// A graph from its parts, checked.
  ///
  /// - Throws: `.malformedModel` for nodes without or with the same name and for cycles other than
  ///   control-flow loops, `.unknownName` for inputs that name missing nodes; all of them at once,
  ///   up to a limit.
  public init(
    nodes: [NodeDefinition], functions: [FunctionDefinition] = [],
    unreadableFunctions: [String: OctetError] = [:], producerVersion: Int = 0
  ) throws(OctetError) {
    let indicesByName = try GraphChecks.indicesByName(nodes)
    try GraphChecks.checkConnections(nodes, indicesByName: indicesByName)
    self.nodes = nodes
    self.functions = functions
    self.unreadableFunctions = unreadableFunctions
    self.producerVersion = producerVersion
    self.indicesByName = indicesByName
  }

  /// The node of that name.
  public subscript(name: String) -> NodeDefinition? {
    indicesByName[name].map { nodes[$0] }
  }

  /// The place in `nodes` of the node of that name.
  public func index(of name: String) -> Int? { indicesByName[name] }
}

extension GraphDefinition: Hashable {
  public static func == (left: GraphDefinition, right: GraphDefinition) -> Bool {
    left.nodes == right.nodes && left.functions == right.functions
      && left.unreadableFunctions == right.unreadableFunctions
      && left.producerVersion == right.producerVersion
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(nodes)
    hasher.combine(functions)
  }
}
