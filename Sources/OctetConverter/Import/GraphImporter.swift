import OctetCore
import OctetGraphDef
import OctetOperators

/// Turns the part of a TensorFlow graph between inputs and outputs into a converter graph.
///
/// Nodes are visited producers first. Identities, constants and decided control flow leave no
/// node behind; everything else goes through the `ImportRule` of its operation.
struct GraphImporter {
  private let source: GraphDefinition
  /// The wanted outputs.
  private let outputs: [NodeInput]
  private let builder: GraphBuilder
  /// What goes before the nodes' names: the calls that lead to the graph.
  private let scope: String
  /// The tensor of each output seen so far; nil where control flow never takes it.
  private var values: [NodeInput: TensorID?]
  private var errors: [OctetError] = []

  /// Imports what `request` asks for.
  ///
  /// - Throws: all nodes that can't be imported at once; `.unknownName` for arrays that the graph
  ///   doesn't have, with similar names.
  static func graph(
    from source: GraphDefinition, _ request: ImportRequest
  ) throws(OctetError) -> (graph: Graph, bodies: [Graph], report: PassReport) {
    let functions = FunctionImporter(
      source, allowsCustomOperators: request.allowsCustomOperators,
      foldableByteCount: request.foldableByteCount)
    let builder = GraphBuilder(functions: functions)
    var values: [NodeInput: TensorID?] = [:]
    for input in request.inputs {
      let id = builder.graph.add(
        GraphTensor(
          name: "\(input.name)", type: input.type, shape: input.shape, range: input.range))
      builder.graph.inputs.append(id)
      values[input.name] = .some(id)
    }
    var importer = GraphImporter(source, request.outputs, values, builder)
    try importer.importNodes()
    try importer.bindOutputs()
    try builder.expectClosedLists(builder.graph.outputs)
    builder.graph.foldableByteCount = functions.foldableByteCount
    return (builder.graph, functions.bodies, builder.report)
  }

  /// Imports the body of a function.
  ///
  /// - Parameters:
  ///   - values: the arguments, by parameter.
  ///   - scope: what goes before the nodes' names.
  /// - Returns: the tensors of the results.
  static func results(
    _ results: [NodeInput], of body: GraphDefinition, _ values: [NodeInput: TensorID?],
    _ builder: GraphBuilder, scope: String
  ) throws(OctetError) -> [TensorID] {
    var importer = GraphImporter(body, results, values, builder, scope: scope)
    try importer.importNodes()
    var tensors: [TensorID] = []
    for result in results { tensors.append(try importer.value(of: result)) }
    return tensors
  }

  private init(
    _ source: GraphDefinition, _ outputs: [NodeInput], _ values: [NodeInput: TensorID?],
    _ builder: GraphBuilder, scope: String = ""
  ) {
    self.source = source
    self.outputs = outputs
    self.values = values
    self.builder = builder
    self.scope = scope
  }

  private mutating func importNodes() throws(OctetError) {
    for node in try NodeOrder(source).nodes(computing: outputs, from: Set(values.keys)) {
      do { try importNode(node) } catch { note(error, at: node) }
    }
    if !errors.isEmpty { throw OctetError.combined(errors) }
  }

  private mutating func importNode(_ node: NodeDefinition) throws(OctetError) {
    if let handled = try ControlFlowImport.apply(node, values: &values, builder) {
      assign(handled, to: node)
      return
    }
    var inputs: [TensorID] = []
    for input in node.inputs {
      guard let value = values[input] else {
        // Its producer failed and is in the list of errors already, or lacks that output.
        if source[input.node] != nil, values[NodeInput(node: input.node)] != nil {
          throw OctetError(.malformedModel(reason: "'\(input)' doesn't exist"))
        }
        try expectKnown(node)
        return
      }
      guard let id = value else {
        // Fed by a branch that is never taken: so is this node.
        values[NodeInput(node: node.name)] = .some(nil)
        return
      }
      inputs.append(id)
    }
    let sourceNode = SourceNode(definition: node, scope: scope, inputs: inputs)
    let functions = builder.functions
    if functions.isFunction(node.operation) {
      assign(try ImportCall.call(node.operation, sourceNode, builder).map(Optional.some), to: node)
      return
    }
    guard let rule = importRules[node.operation] else {
      assign(
        try OpaqueImport.apply(
          sourceNode, builder, isAllowed: functions.allowsCustomOperators,
          outputCount: referencedOutputCount(of: node)),
        to: node)
      return
    }
    assign(
      try ChannelsFirst.apply(rule, sourceNode, builder).map(Optional.some), to: node)
  }

  /// - Throws: `.unsupportedOperator` for an operation that nothing can be made of.
  private func expectKnown(_ node: NodeDefinition) throws(OctetError) {
    guard importRules[node.operation] == nil, !builder.functions.isFunction(node.operation) else {
      return
    }
    try OpaqueImport.expectAllowed(node, builder.functions.allowsCustomOperators)
  }

  /// How many outputs of a node the graph and the user refer to.
  private func referencedOutputCount(of node: NodeDefinition) -> Int {
    var count = 1
    for reader in source.nodes {
      for input in reader.inputs where input.node == node.name {
        count = max(count, input.outputIndex + 1)
      }
    }
    for output in outputs where output.node == node.name {
      count = max(count, output.outputIndex + 1)
    }
    return count
  }

  private mutating func assign(_ outputs: [TensorID?], to node: NodeDefinition) {
    for (index, id) in outputs.enumerated() {
      let key = NodeInput(node: node.name, outputIndex: index)
      // An input array that the user cut at stays what it is.
      if values[key] == nil { values[key] = .some(id) }
    }
  }

  private mutating func note(_ error: OctetError, at node: NodeDefinition) {
    errors.append(error.within(node.place))
  }

  private func value(of output: NodeInput) throws(OctetError) -> TensorID {
    guard let value = values[output], let id = value else {
      throw OctetError(
        .malformedModel(reason: "nothing computes the output '\(output)'"),
        remedy: "choose an output array that doesn't depend on an untaken branch")
    }
    return id
  }

  private func bindOutputs() throws(OctetError) {
    var taken: Set<TensorID> = Set(builder.graph.inputs)
    for output in outputs {
      let id = try value(of: output)
      // The user's name wins over the name of the node behind an identity.
      if taken.insert(id).inserted { builder.graph.rename(id, to: "\(output)") }
      let hasName = builder.graph[id].name == "\(output)"
      builder.graph.outputs.append(hasName ? id : try copy(of: id, name: "\(output)"))
    }
  }
}

extension GraphImporter {
  /// A copy of a tensor that users see under another name already.
  ///
  /// Source: TOCO `InsertCopyOperator`.
  private func copy(of id: TensorID, name: String) throws(OctetError) -> TensorID {
    let targetName = builder.graph.uniqueName(name + "_copy_shape")
    let target: TensorID
    if let shape = builder.graph[id].shape {
      target = try builder.constant(shape.dimensions, name: targetName)
    } else {
      target = try builder.append(
        Operation(ShapeOf.self, ShapeOf.Options(outputType: .int32)), name: targetName,
        inputs: [id], type: .int32)
    }
    return try builder.append(
      Operation(Reshape.self, Reshape.Options()), name: name, inputs: [id, target])
  }
}

/// What to import, with everything that the user or the placeholders say of the inputs.
struct ImportRequest {
  /// An array that the user feeds.
  struct Input {
    var name: NodeInput
    var type: ElementType
    /// Nil where it is unknown.
    var shape: Shape?
    /// From mean and standard deviation.
    var range: RecordedRange?
  }

  var inputs: [Input]
  var outputs: [NodeInput]
  /// Whether operations without a rule become custom operators.
  var allowsCustomOperators: Bool
  /// Bytes of results that may be computed ahead of time.
  var foldableByteCount = Graph().foldableByteCount
}
