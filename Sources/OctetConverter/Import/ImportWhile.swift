import OctetCore
import OctetGraphDef
import OctetOperators

/// `While` and `StatelessWhile`: WHILE with graphs for condition and body.
///
/// Constants that the body hands on unchanged, such as weights, become constants of both graphs.
enum ImportWhile: ImportRule {
  static let operations = ["StatelessWhile", "While"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    var loop = try Loop(node, builder)
    let body = try loop.settledBody()
    return try loop.append(body)
  }

  private struct Loop {
    let node: SourceNode
    let builder: GraphBuilder
    let condition: FunctionReference
    let body: FunctionReference
    /// The initial values.
    var inputs: [TensorID]
    /// The arguments of both functions.
    var arguments: [BodyArgument]
    /// The inputs that change from one turn to the next, or aren't known now.
    let variables: [Int]

    init(_ node: SourceNode, _ builder: GraphBuilder) throws(OctetError) {
      self.node = node
      self.builder = builder
      condition = try node.definition.function("cond")
      body = try node.definition.function("body")
      inputs = node.inputs
      let definition = try builder.functions.definition(body.name)
      guard definition.results.count == inputs.count else {
        throw OctetError(
          .wrongCount(
            what: "results", expected: inputs.count...inputs.count,
            found: definition.results.count))
      }
      var arguments: [BodyArgument] = []
      for (index, input) in inputs.enumerated() {
        let argument = BodyArgument(input, of: builder)
        let tensor = builder.graph[input]
        arguments.append(
          argument.isConstant && !definition.handsOn(index)
            ? .variable(tensor.type, tensor.shape) : argument)
      }
      self.arguments = arguments
      variables = inputs.indices.filter { !arguments[$0].isConstant }
      guard !variables.isEmpty else {
        throw OctetError(.unsupported(what: "a loop without variables"))
      }
    }

    /// The body for arguments whose shapes it keeps: where it gives another shape than it got, the
    /// shape is left to run time.
    mutating func settledBody() throws(OctetError) -> FunctionGraph {
      let count = builder.functions.bodies.count
      while true {
        let graph = try bodyGraph()
        if try !adapt(to: graph) { return graph }
        builder.functions.removeBodies(after: count)
      }
    }

    private func bodyGraph() throws(OctetError) -> FunctionGraph {
      do { return try builder.functions.graph(of: body, arguments: arguments) } catch {
        throw error.within("body")
      }
    }

    /// Changes arguments that don't fit the body's results; returns whether there are any. Each
    /// argument changes twice at most: from an open list to a shape, and to none.
    private mutating func adapt(to graph: FunctionGraph) throws(OctetError) -> Bool {
      var hasChanged = false
      for index in variables {
        if case .openList = arguments[index] {
          guard let shape = graph.builder.elementShapes[graph.arguments[index]] else {
            throw OpenList.unknownElements
          }
          inputs[index] = try builder.close(inputs[index], elements: shape, name: node.name)
          let tensor = builder.graph[inputs[index]]
          arguments[index] = .variable(tensor.type, tensor.shape)
          hasChanged = true
          continue
        }
        guard case .variable(let type, let shape) = arguments[index] else { continue }
        let result = graph.result(index)
        guard result.type == type else {
          throw OctetError(
            .malformedModel(reason: "loop variable \(index) is \(type), then \(result.type)"))
        }
        if let shape, result.shape != shape {
          arguments[index] = .variable(type, nil)
          hasChanged = true
        }
      }
      return hasChanged
    }

    /// Appends the loop.
    func append(_ body: FunctionGraph) throws(OctetError) -> [TensorID] {
      var outputs: [(ElementType, Shape?)] = []
      for case .variable(let type, let shape) in variables.map({ arguments[$0] }) {
        outputs.append((type, shape))
      }
      let places = (
        condition: builder.functions.add(try conditionGraph()),
        body: builder.functions.add(try body.graph(giving: variables))
      )
      builder.report.add(body.builder.report)
      let names = node.outputNames(inputs.count)
      let results = builder.appendCall(
        Operation(
          While.self, LoopOptions(condition: places.condition, body: places.body)),
        name: node.name, inputs: variables.map { inputs[$0] }, outputs: outputs,
        named: variables.map { names[$0] })
      var values = inputs
      for (index, result) in zip(variables, results) { values[index] = result }
      return values
    }

    private func conditionGraph() throws(OctetError) -> Graph {
      do throws(OctetError) {
        let graph = try builder.functions.graph(of: condition, arguments: arguments)
        guard graph.results.count == 1 else {
          throw OctetError(
            .wrongCount(what: "results", expected: 1...1, found: graph.results.count))
        }
        let parts = Composition(
          SourceNode(definition: node.definition, inputs: []), graph.builder)
        let truth = try parts.truth(of: graph.results[0])
        var result = graph.builder.graph
        result.outputs = [truth]
        try graph.builder.expectClosedLists(result.outputs)
        return result
      } catch { throw error.within("condition") }
    }
  }
}

extension FunctionDefinition {
  /// Whether result `index` is parameter `index`, unchanged.
  fileprivate func handsOn(_ index: Int) -> Bool {
    guard parameters.indices.contains(index) else { return false }
    var value = results[index]
    // A body is acyclic; its nodes bound the number of steps.
    while let node = body[value.node], node.operation == "Identity", let input = node.inputs.first {
      value = input
    }
    return value == NodeInput(node: parameters[index])
  }
}
