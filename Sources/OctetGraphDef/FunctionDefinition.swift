import OctetCore

/// A function of a graph's library: a graph with parameters, which nodes call by name.
///
/// Source: `FunctionDef` in TensorFlow's `function.proto`.
public struct FunctionDefinition: Hashable, Sendable {
  /// Unique among the functions of a graph.
  public let name: String
  /// The names of the nodes of `body` that stand for the arguments, in the order of the call.
  public let parameters: [String]
  /// The values of `body` that a call gives, in order.
  public let results: [NodeInput]
  /// What it computes. Parameters are nodes of the operation `_Arg`.
  public let body: GraphDefinition

  /// A function from its parts.
  ///
  /// - Parameter nodes: the body without its parameters.
  /// - Throws: `.malformedModel` and `.unknownName` for a body that is no graph, or without one of
  ///   the results; the path names the function.
  public init(
    name: String, parameters: [String], results: [NodeInput], nodes: [NodeDefinition]
  ) throws(OctetError) {
    self.name = name
    self.parameters = parameters
    self.results = results
    do throws(OctetError) {
      body = try GraphDefinition(
        nodes: parameters.map { NodeDefinition(name: $0, operation: "_Arg") } + nodes)
      for result in results where body[result.node] == nil {
        throw OctetError(.unknownName(result.node, kind: "node", near: []), at: ["a result"])
      }
    } catch { throw error.within("function \(name)") }
  }

  /// The body with values for the function's own attributes.
  ///
  /// - Throws: nothing that a checked body can cause.
  public func body(with attributes: [String: AttributeValue]) throws(OctetError) -> GraphDefinition
  {
    let isGeneric = body.nodes.contains { node in
      node.attributes.values.contains { if case .placeholder = $0 { true } else { false } }
    }
    guard isGeneric else { return body }
    return try GraphDefinition(
      nodes: body.nodes.map { node in
        NodeDefinition(
          name: node.name, operation: node.operation, inputs: node.inputs,
          controlInputs: node.controlInputs,
          attributes: node.attributes.mapValues { value in
            guard case .placeholder(let name) = value else { return value }
            return attributes[name] ?? value
          }, device: node.device)
      })
  }
}
