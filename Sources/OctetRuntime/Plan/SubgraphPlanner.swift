import OctetCore
import OctetFormat
import OctetOperators

/// Turns a checked graph into segments that run without further checks.
///
/// Planning follows the execution order: infer the shapes of an operator's outputs, prepare it, go
/// on. It stops where a shape depends on a value that isn't known yet; the segment up to there is
/// complete and can run. Once it has run, the value is known and planning goes on behind it. An
/// operator that gives results with their shapes ends a segment too; where its shapes can be
/// foreseen, planning goes on at once. A graph without either, nearly every graph, is a single
/// segment.
struct SubgraphPlanner: Sendable {
  let graph: CheckedSubgraph
  let limits: Limits
  /// The graphs that each operator runs.
  let calls: [[GraphCall]]
  let definitions: [any OperatorDefinition.Type]
  let liveness: Liveness
  let preservesAll: Bool
  /// Whether each input of the graph is of any use to it.
  let readsInput: [Bool]
  let kernels: KernelSelection?
  /// Rows that are replaced in one step.
  private(set) var rowReplacements: RowReplacements

  /// A planner for a graph.
  ///
  /// - Parameter kernels: chooses the kernels; nil for reference kernels only.
  /// - Throws: `.unsupportedOperator`, `.unsupportedVersion`; all of them at once.
  init(
    _ graph: CheckedSubgraph, registry: OperatorRegistry, limits: Limits, preserveAll: Bool,
    kernels: KernelSelection? = nil
  ) throws(OctetError) {
    self.graph = graph
    self.kernels = kernels
    preservesAll = preserveAll
    self.limits = limits
    rowReplacements =
      kernels == nil || preserveAll ? RowReplacements() : RowReplacements(in: graph)
    let read = Set(graph.operators.flatMap(\.inputs)).union(graph.outputs)
    readsInput = graph.inputs.map { preserveAll || read.contains($0) }
    liveness = Liveness(
      of: graph, preserveAll: preserveAll, laterReads: rowReplacements.reads)
    definitions = try Self.definitions(for: graph, in: registry)
    calls = try Self.calls(of: graph, definitions)
  }

  private static func calls(
    of graph: CheckedSubgraph, _ definitions: [any OperatorDefinition.Type]
  ) throws(OctetError) -> [[GraphCall]] {
    var calls: [[GraphCall]] = []
    var problems = Problems()
    for (step, definition) in zip(graph.operators, definitions) {
      do {
        calls.append(try definition.graphCalls(decoding: step.options))
      } catch {
        problems.add(error.within(step.place))
      }
    }
    try problems.throwIfAny()
    return calls
  }

  private static func definitions(
    for graph: CheckedSubgraph, in registry: OperatorRegistry
  ) throws(OctetError) -> [any OperatorDefinition.Type] {
    var definitions: [any OperatorDefinition.Type] = []
    var problems = Problems()
    for step in graph.operators {
      guard let definition = registry[step.code] else {
        problems.add(
          OctetError(
            .unsupportedOperator(name: step.code.name), at: [step.place],
            remedy: step.code.builtin == .custom
              ? "register an OperatorDefinition of this name in options.registry" : nil))
        continue
      }
      // Files of the first tools have version 0 where they mean 1.
      let version = max(1, Int(step.code.version))
      guard definition.versions.contains(version) else {
        problems.add(
          .unsupportedVersion(
            name: step.code.name, version: version, supported: definition.versions),
          step.place)
        continue
      }
      definitions.append(definition)
    }
    try problems.throwIfAny()
    return definitions
  }

  /// The planner for the same graph that leaves the operators that replace rows as they are.
  func withoutRowReplacements() -> SubgraphPlanner {
    var planner = self
    planner.rowReplacements = RowReplacements()
    return planner
  }

  /// Plans the operators from `start` to the end, or to where a shape is known only at run time.
  ///
  /// - Parameters:
  ///   - isFirst: whether there is no segment before, so that inputs and variables need places.
  ///   - specs: what is known of the tensors; updated with what is inferred.
  ///   - received: tensors whose values the operator before `start` gives.
  ///   - environment: plans the graphs that operators run, and has the memory that is left.
  /// - Throws: what is wrong with the operators, all of it at once: an operator behind a faulty one
  ///   is left out only where it reads what the faulty one would have written.
  func plan(
    from start: Int, isFirst: Bool, receiving received: [Int], specs: inout [TensorSpec?],
    in environment: ExecutionEnvironment
  ) throws(OctetError) -> SegmentPlan {
    var steps: [PlannedStep] = []
    var room = environment.budget.remaining
    var boundary: SegmentPlan.Boundary?
    var end = graph.operators.count
    var problems = Problems()
    for step in graph.operators[start...] where !rowReplacements.omitted.contains(step.index) {
      if let replacement = rowReplacements.byOperator[step.index] {
        do {
          guard let replacing = try self.step(step, replacement, &specs) else { continue }
          steps.append(replacing)
        } catch {
          problems.add(error.within(step.place))
        }
        continue
      }
      let inputs = step.inputs.map { tensor in tensor.flatMap { specs[$0] } }
      let isInputUnknown = zip(step.inputs, inputs).contains { $0 != nil && $1 == nil }
      if isInputUnknown { continue }
      do {
        let (prepared, outputs) = try prepare(step, inputs, in: environment)
        let givesOutputShapes = definitions[step.index].givesOutputShapes
        let folded =
          givesOutputShapes
          ? nil
          : try folded(
            step, prepared, inputs, outputs, room: &room, in: environment)
        if folded == nil {
          steps.append(PlannedStep(step, prepared, givesOutputShapes: givesOutputShapes))
        }
        if givesOutputShapes, problems.isEmpty {
          boundary = .results(of: step.outputs, expected: outputs?.map(\.shape))
          end = step.index + 1
          break
        }
        for (tensor, spec) in zip(step.outputs, folded ?? outputs ?? []) { specs[tensor] = spec }
      } catch {
        if case .valueNotConstant(let position, _) = error.code, problems.isEmpty,
          step.inputs.indices.contains(position), let tensor = step.inputs[position],
          specs[tensor]?.constant == nil, graph.tensors[tensor].origin != .variable
        {
          boundary = .value(of: tensor)
          end = step.index
          break
        }
        problems.add(error.within(step.place))
      }
    }
    try problems.throwIfAny()
    return try place(
      idlingWithoutOutputs(try withFastKernels(steps, specs), specs), operators: start..<end,
      isFirst: isFirst, receiving: received, specs: specs, boundary: boundary, in: environment)
  }

  /// Replaces a row, where the shapes are known; and what the output is then.
  private func step(
    _ step: CheckedOperator, _ replacement: RowReplacement, _ specs: inout [TensorSpec?]
  ) throws(OctetError) -> PlannedStep? {
    guard let source = specs[replacement.source], let position = specs[replacement.position],
      let row = specs[replacement.row], let output = step.outputs.first
    else { return nil }
    let kernel = try RowReplacementKernel(
      source: source, position: position, row: row, rank: replacement.rank)
    specs[output] = try spec(of: output, type: kernel.output.type, shape: kernel.output.shape)
    var planned = PlannedStep(step, kernel.prepared, givesOutputShapes: false)
    planned.inputs = [replacement.source, replacement.position, replacement.row]
    return planned
  }

  /// Infers an operator's outputs, nil where only its kernel knows them, and prepares it.
  private func prepare(
    _ step: CheckedOperator, _ inputs: [TensorSpec?], in environment: ExecutionEnvironment
  ) throws(OctetError) -> (PreparedOperator, [TensorSpec]?) {
    let definition = definitions[step.index]
    var graphOutputs: [[OutputSpec]?] = []
    for call in calls[step.index] {
      let given = call.firstInput.map { inputs.dropFirst($0) } ?? []
      graphOutputs.append(try environment.outputs(of: call.graph, given: Array(given)))
    }
    let operands = Operands(
      inputs, declaredOutputTypes: step.outputs.map { graph.tensors[$0].type },
      declaredOutputShapes: step.outputs.map { graph.tensors[$0].dimensions },
      intermediates: step.intermediates.map { graph.tensors[$0].quantization },
      model: graph.model, graphOutputs: graphOutputs)
    do {
      let inferred = try definition.inferOutputs(decoding: step.options, operands)
      let outputs = try specs(
        of: inferred, for: step, overridesTypes: definition.overridesDeclaredTypes)
      return (try definition.prepared(decoding: step.options, operands, outputs), outputs)
    } catch {
      guard definition.givesOutputShapes, case .valueNotConstant = error.code else { throw error }
      let scalar = try Shape([])
      let outputs = step.outputs.map { graph.tensors[$0].spec(shape: scalar) }
      return (try definition.prepared(decoding: step.options, operands, outputs), nil)
    }
  }

  /// The outputs of an operator, checked against what is declared.
  private func specs(
    of inferred: [OutputSpec], for step: CheckedOperator, overridesTypes: Bool
  ) throws(OctetError) -> [TensorSpec] {
    guard inferred.count == step.outputs.count else {
      throw OctetError(
        .wrongCount(
          what: "outputs", expected: inferred.count...inferred.count, found: step.outputs.count))
    }
    var outputs: [TensorSpec] = []
    for (tensor, output) in zip(step.outputs, inferred) {
      outputs.append(
        try spec(
          of: tensor, type: output.type, shape: output.shape, overridesType: overridesTypes))
    }
    return outputs
  }

  /// A tensor that an operator gives, checked against what is declared.
  ///
  /// - Parameter overridesType: whether the declared type doesn't count, nor the quantization then.
  /// - Throws: `.malformedModel` for another type, `.limitExceeded`.
  func spec(
    of tensor: Int, type: ElementType, shape: Shape, overridesType: Bool = false
  ) throws(OctetError) -> TensorSpec {
    let declared = graph.tensors[tensor]
    guard type == declared.type || overridesType else {
      throw OctetError(
        .malformedModel(
          reason: "'\(declared.name)' is declared as \(declared.type), "
            + "but the operator gives \(type)"))
    }
    _ = try limits.byteCount(of: type, shape, name: declared.name)
    var spec = declared.spec(shape: shape)
    if type != declared.type {
      spec.type = type
      spec.quantization = nil
    }
    return spec
  }

  /// The steps with kernels that replace the reference; without them, steps are left as they are.
  private func withFastKernels(
    _ steps: [PlannedStep], _ specs: [TensorSpec?]
  ) throws(OctetError) -> [PlannedStep] {
    guard let kernels else { return steps }
    let fused = preservesAll ? steps : try tabulatingChains(fusingPadding(steps, specs), specs)
    return fused.map { step in
      var step = step
      let inputs = step.inputs.map { tensor in tensor.flatMap { specs[$0] } }
      step.kernel = kernels.replacement(for: step.kernel, inputs: inputs) ?? step.kernel
      return step
    }
  }

  /// Lets steps do nothing whose outputs have no elements: extents beside a zero may be so large that
  /// walking along them takes minutes.
  private func idlingWithoutOutputs(
    _ steps: [PlannedStep], _ specs: [TensorSpec?]
  ) -> [PlannedStep] {
    steps.map { step in
      let changesVariables = step.inputs.contains { tensor in
        tensor.map { graph.tensors[$0].origin == .variable } ?? false
      }
      guard !step.outputs.isEmpty, !step.givesOutputShapes, !changesVariables,
        definitions[step.operatorIndex].isRepeatable,
        step.outputs.allSatisfy({ specs[$0]?.shape.elementCount == 0 })
      else { return step }
      var step = step
      step.kernel = PreparedOperator(
        plan: step.kernel.plan, kernelName: "none", scratchByteCount: 0
      ) { _ in }
      return step
    }
  }

  /// Gives arena space to the tensors that begin to live in this segment.
  private func place(
    _ steps: [PlannedStep], operators: Range<Int>, isFirst: Bool, receiving received: [Int],
    specs: [TensorSpec?], boundary: SegmentPlan.Boundary?, in environment: ExecutionEnvironment
  ) throws(OctetError) -> SegmentPlan {
    var steps = steps
    var tensors = isFirst ? liveness.fromTheStart : []
    tensors += received
    for step in steps where !step.givesOutputShapes { tensors += step.outputs }
    var requests: [Int: ArenaPlanner.Request] = [:]
    for tensor in tensors {
      guard let spec = specs[tensor] else { preconditionFailure("a planned tensor has a spec") }
      requests[tensor] = ArenaPlanner.Request(
        byteCount: try limits.byteCount(of: spec.type, spec.shape, name: spec.name),
        lifetime: liveness.lifetime(of: tensor, within: operators))
    }
    // A fused step reads tensors that the graph has done with before.
    for step in steps {
      for case let tensor? in step.inputs { requests[tensor]?.extend(to: step.operatorIndex) }
    }
    var sharing = StorageSharing(requests)
    if kernels != nil, !preservesAll { sharing.share(&steps, specs) }
    return try layOut(
      steps, operators: operators, tensors: tensors, sharing: sharing, boundary: boundary,
      within: environment.budget.remaining)
  }

  private func layOut(
    _ steps: [PlannedStep], operators: Range<Int>, tensors: [Int], sharing: StorageSharing,
    boundary: SegmentPlan.Boundary?, within maximumByteCount: Int
  ) throws(OctetError) -> SegmentPlan {
    let owners = tensors.filter(sharing.isOwner)
    var requests = owners.compactMap { sharing.requests[$0] }
    for step in steps {
      // Positions within a segment are those of its operators.
      requests.append(
        ArenaPlanner.Request(
          byteCount: step.kernel.scratchByteCount,
          lifetime: step.operatorIndex...step.operatorIndex))
    }
    let layout = try ArenaPlanner(maximumByteCount: maximumByteCount).layout(for: requests)
    let offsets = Dictionary(
      zip(owners, layout.offsets), uniquingKeysWith: { first, _ in first })
    let placements = tensors.map { tensor in
      let place = sharing.place(of: tensor)
      return SegmentPlan.Placement(
        tensor: tensor, offset: (offsets[place.owner] ?? 0) + place.offset,
        byteCount: sharing.byteCount(of: tensor))
    }
    return SegmentPlan(
      operators: operators, steps: steps,
      scratchOffsets: Array(layout.offsets[owners.count...]), placements: placements,
      arenaByteCount: layout.byteCount, boundary: boundary)
  }
}
