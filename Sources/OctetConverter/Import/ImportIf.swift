import OctetCore
import OctetGraphDef
import OctetOperators

/// `If` and `StatelessIf`: the branch itself where the condition is a constant, else IF with a graph
/// for each branch.
enum ImportIf: ImportRule {
  static let operations = ["If", "StatelessIf"]

  static func apply(
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    let condition = try node.input(0, "condition")
    let branches = [
      try node.definition.function("then_branch"), try node.definition.function("else_branch"),
    ]
    let arguments = Array(node.inputs.dropFirst())
    if let value = builder.graph[condition].constant {
      // Of numbers, zero is false.
      let isTrue = value.array.contains { $0 != 0 }
      return try builder.functions.inline(
        branches[isTrue ? 0 : 1], arguments: arguments, builder, scope: node.name + "/")
    }
    var graphs: [FunctionGraph] = []
    for (index, branch) in branches.enumerated() {
      do {
        graphs.append(
          try builder.functions.graph(
            of: branch, arguments: arguments.map { BodyArgument($0, of: builder) }))
      } catch { throw error.within(index == 0 ? "then" : "else") }
    }
    return try append(graphs, arguments, condition, node, builder)
  }

  private static func append(
    _ graphs: [FunctionGraph], _ arguments: [TensorID], _ condition: TensorID,
    _ node: SourceNode, _ builder: GraphBuilder
  ) throws(OctetError) -> [TensorID] {
    let count = graphs[0].results.count
    guard graphs[1].results.count == count else {
      throw OctetError(
        .wrongCount(what: "results", expected: count...count, found: graphs[1].results.count))
    }
    var outputs: [(ElementType, Shape?)] = []
    for index in 0..<count {
      let (first, second) = (graphs[0].result(index), graphs[1].result(index))
      guard first.type == second.type else {
        throw OctetError(
          .malformedModel(reason: "the branches give \(first.type) and \(second.type)"))
      }
      outputs.append((first.type, first.shape == second.shape ? first.shape : nil))
    }
    let parts = Composition(node, builder)
    var places: [Int] = []
    for graph in graphs {
      places.append(builder.functions.add(try graph.graph(giving: Array(0..<count))))
      builder.report.add(graph.builder.report)
    }
    let variables = arguments.filter { !BodyArgument($0, of: builder).isConstant }
    return builder.appendCall(
      Operation(If.self, If.Options(thenGraph: places[0], elseGraph: places[1])),
      name: node.name, inputs: [try parts.truth(of: condition)] + variables, outputs: outputs,
      named: node.outputNames(count))
  }
}
