import OctetCore
import OctetGraphDef

/// The functions of a TensorFlow graph, and the graphs that the model gets of them.
///
/// A call becomes the nodes of the function; a branch or a loop becomes a graph of its own, which
/// an operator of the model runs.
final class FunctionImporter {
  /// Whether operations without a rule become custom operators.
  let allowsCustomOperators: Bool
  /// Graphs that operators run, in the order of the model's subgraphs behind the first.
  private(set) var bodies: [Graph] = []
  /// Bytes of results that may still be computed ahead of time, in all graphs of the model.
  var foldableByteCount: Int

  private let definitions: [String: FunctionDefinition]
  private let unreadable: [String: OctetError]
  private var callStack: [String] = []
  private var nodeCount = 0

  /// Functions that call one another to this depth are inlined.
  private let maximumDepth = 64
  /// Files are small that call functions which call functions many times; graphs are not.
  private let maximumNodeCount = 1 << 18

  /// The functions of `source`.
  init(
    _ source: GraphDefinition, allowsCustomOperators: Bool,
    foldableByteCount: Int = Graph().foldableByteCount
  ) {
    self.allowsCustomOperators = allowsCustomOperators
    self.foldableByteCount = foldableByteCount
    definitions = Dictionary(source.functions.map { ($0.name, $0) }) { first, _ in first }
    unreadable = source.unreadableFunctions
  }

  /// Whether an operation is a call of a function by its name.
  func isFunction(_ operation: String) -> Bool {
    definitions[operation] != nil || unreadable[operation] != nil
  }

  /// The function of that name.
  ///
  /// - Throws: `.unknownName`, or why the function can't be read.
  func definition(_ name: String) throws(OctetError) -> FunctionDefinition {
    if let error = unreadable[name] { throw error }
    guard let definition = definitions[name] else {
      throw OctetError(.unknownName(name, kind: "function", near: []))
    }
    return definition
  }

  /// Appends what a function computes to the graph of its caller.
  ///
  /// - Throws: what is wrong with the body; `.limitExceeded` for functions that call themselves, or
  ///   call too many others.
  func inline(
    _ function: FunctionReference, arguments: [TensorID], _ builder: GraphBuilder, scope: String
  ) throws(OctetError) -> [TensorID] {
    let definition = try definition(function.name)
    let count = definition.parameters.count
    guard arguments.count == count else {
      throw OctetError(
        .wrongCount(what: "arguments", expected: count...count, found: arguments.count))
    }
    let body = try definition.body(with: function.attributes)
    try enter(definition)
    defer { callStack.removeLast() }
    var values: [NodeInput: TensorID?] = [:]
    for (parameter, argument) in zip(definition.parameters, arguments) {
      values[NodeInput(node: parameter)] = .some(argument)
    }
    do {
      return try GraphImporter.results(definition.results, of: body, values, builder, scope: scope)
    } catch { throw error.within("function \(definition.name)") }
  }

  /// Imports a function as a graph of its own.
  func graph(
    of function: FunctionReference, arguments: [BodyArgument]
  ) throws(OctetError) -> FunctionGraph {
    let builder = GraphBuilder(functions: self)
    let names = try definition(function.name).parameters
    var tensors: [TensorID] = []
    for (index, argument) in arguments.enumerated() {
      // A wrong number of arguments is found by `inline`.
      let name = names.indices.contains(index) ? names[index] : "\(index)"
      let tensor = builder.graph.add(argument.tensor(named: name))
      if !argument.isConstant { builder.graph.inputs.append(tensor) }
      if case .openList(let list) = argument {
        builder.openLists[tensor] = list
      }
      tensors.append(tensor)
    }
    let results = try inline(function, arguments: tensors, builder, scope: "")
    return FunctionGraph(builder: builder, arguments: tensors, results: results)
  }

  /// Gives the model another graph; returns its place among the model's subgraphs.
  func add(_ graph: Graph) -> Int {
    bodies.append(graph)
    return bodies.count
  }

  /// Forgets graphs that were added since there were `count`.
  func removeBodies(after count: Int) {
    bodies.removeLast(max(0, bodies.count - count))
  }

  private func enter(_ function: FunctionDefinition) throws(OctetError) {
    guard !callStack.contains(function.name) else {
      throw OctetError(
        .unsupported(what: "the function '\(function.name)', which calls itself,"))
    }
    guard callStack.count < maximumDepth else {
      throw OctetError(
        .limitExceeded(
          limit: "depth of function calls", value: callStack.count + 1, maximum: maximumDepth))
    }
    nodeCount += function.body.nodes.count
    guard nodeCount <= maximumNodeCount else {
      throw OctetError(
        .limitExceeded(
          limit: "nodes of called functions", value: nodeCount, maximum: maximumNodeCount))
    }
    callStack.append(function.name)
  }
}

/// What a graph that an operator runs is given.
enum BodyArgument {
  /// A value that is known when the operator runs.
  case variable(ElementType, Shape?)
  /// A value that is known now; the graph has it without being given it.
  case constant(GraphTensor)
  /// A list of tensors whose shape only the graph can tell.
  case openList(OpenList)

  /// The argument that a tensor of the caller is.
  init(_ id: TensorID, of builder: GraphBuilder) {
    let tensor = builder.graph[id]
    if let list = builder.openLists[id] {
      self = .openList(list)
    } else if tensor.constant != nil {
      self = .constant(tensor)
    } else {
      self = .variable(tensor.type, tensor.shape)
    }
  }

  var isConstant: Bool { if case .constant = self { true } else { false } }

  fileprivate func tensor(named name: String) -> GraphTensor {
    switch self {
    case .variable(let type, let shape): GraphTensor(name: name, type: type, shape: shape)
    case .openList(let list): GraphTensor(name: name, type: list.type)
    case .constant(let tensor):
      GraphTensor(name: name, type: tensor.type, shape: tensor.shape, constant: tensor.constant)
    }
  }
}

/// A function imported as a graph of its own.
struct FunctionGraph {
  let builder: GraphBuilder
  /// The tensors of the arguments, constant ones among them.
  let arguments: [TensorID]
  let results: [TensorID]

  /// Type and shape of a result.
  func result(_ index: Int) -> (type: ElementType, shape: Shape?) {
    let tensor = builder.graph[results[index]]
    return (tensor.type, tensor.shape)
  }

  /// The graph that gives the results at `indices`.
  ///
  /// - Throws: `.unsupported` for lists whose elements nothing tells the shape of.
  func graph(giving indices: [Int]) throws(OctetError) -> Graph {
    var graph = builder.graph
    graph.outputs = indices.map { results[$0] }
    try builder.expectClosedLists(graph.outputs)
    return graph
  }
}
