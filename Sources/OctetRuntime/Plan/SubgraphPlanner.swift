import OctetCore
import OctetFormat
import OctetOperators

/// Turns a checked graph into segments that run without further checks.
///
/// Planning follows the execution order: infer the shapes of an operator's outputs, prepare it, go
/// on. It stops where a shape depends on a value that isn't known yet; the segment up to there is
/// complete and can run. Once it has run, the value is known and planning goes on behind it. A graph
/// without such values, nearly every graph, is a single segment.
struct SubgraphPlanner: Sendable {
  let graph: CheckedSubgraph
  let limits: Limits
  private let definitions: [any OperatorDefinition.Type]
  private let liveness: Liveness
  private let kernels: KernelSelection?

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
    self.limits = limits
    liveness = Liveness(of: graph, preserveAll: preserveAll)
    definitions = try Self.definitions(for: graph, in: registry)
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

  /// Plans the operators from `start` to the end, or to the first that needs a run-time value.
  ///
  /// - Parameters:
  ///   - specs: what is known of the tensors; updated with what is inferred.
  ///   - isFirst: whether there is no segment before, so that inputs and variables need places.
  ///   - spentByteCount: the arenas of the segments before.
  /// - Throws: what is wrong with the operators, all of it at once: an operator behind a faulty one
  ///   is left out only where it reads what the faulty one would have written.
  func plan(
    from start: Int, isFirst: Bool, specs: inout [TensorSpec?], spentByteCount: Int
  ) throws(OctetError) -> SegmentPlan {
    var steps: [PlannedStep] = []
    var boundary: SegmentPlan.Boundary?
    var problems = Problems()
    for step in graph.operators[start...] {
      let inputs = step.inputs.map { tensor in tensor.flatMap { specs[$0] } }
      let isInputUnknown = zip(step.inputs, inputs).contains { $0 != nil && $1 == nil }
      if isInputUnknown { continue }
      do {
        let (prepared, outputs) = try prepare(step, inputs)
        let folded = try folded(step, prepared, inputs, outputs)
        for (tensor, spec) in zip(step.outputs, folded ?? outputs) { specs[tensor] = spec }
        if folded == nil {
          let kernel = kernels?.replacement(for: prepared, inputs: inputs) ?? prepared
          steps.append(PlannedStep(step, kernel))
        }
      } catch {
        if case .valueNotConstant(let position, _) = error.code, problems.errors.isEmpty,
          step.inputs.indices.contains(position), let tensor = step.inputs[position],
          specs[tensor]?.constant == nil, graph.tensors[tensor].origin != .variable
        {
          boundary = SegmentPlan.Boundary(operatorIndex: step.index, tensor: tensor)
          break
        }
        problems.add(error.within(step.place))
      }
    }
    try problems.throwIfAny()
    let end = boundary?.operatorIndex ?? graph.operators.count
    return try place(
      steps, operators: start..<end, isFirst: isFirst, specs: specs, boundary: boundary,
      spentByteCount: spentByteCount)
  }

  /// Infers an operator's outputs and prepares it.
  private func prepare(
    _ step: CheckedOperator, _ inputs: [TensorSpec?]
  ) throws(OctetError) -> (PreparedOperator, [TensorSpec]) {
    let definition = definitions[step.index]
    let operands = Operands(
      inputs, declaredOutputTypes: step.outputs.map { graph.tensors[$0].type },
      declaredOutputShapes: step.outputs.map { graph.tensors[$0].dimensions }, model: graph.model)
    let inferred = try definition.inferOutputs(decoding: step.options, operands)
    guard inferred.count == step.outputs.count else {
      throw OctetError(
        .wrongCount(
          what: "outputs", expected: inferred.count...inferred.count, found: step.outputs.count))
    }
    var outputs: [TensorSpec] = []
    for (tensor, output) in zip(step.outputs, inferred) {
      let declared = graph.tensors[tensor]
      guard output.type == declared.type else {
        throw OctetError(
          .malformedModel(
            reason: "'\(declared.name)' is declared as \(declared.type), "
              + "but the operator gives \(output.type)"))
      }
      _ = try limits.byteCount(of: declared.type, output.shape, name: declared.name)
      outputs.append(declared.spec(shape: output.shape))
    }
    return (try definition.prepared(decoding: step.options, operands, outputs), outputs)
  }

  /// Gives arena space to the tensors that begin to live in this segment.
  private func place(
    _ steps: [PlannedStep], operators: Range<Int>, isFirst: Bool, specs: [TensorSpec?],
    boundary: SegmentPlan.Boundary?, spentByteCount: Int
  ) throws(OctetError) -> SegmentPlan {
    var tensors: [Int] = isFirst ? liveness.fromTheStart : []
    for step in steps { tensors += step.outputs }
    var requests: [ArenaPlanner.Request] = []
    for tensor in tensors {
      guard let spec = specs[tensor] else { preconditionFailure("a planned tensor has a spec") }
      requests.append(
        ArenaPlanner.Request(
          byteCount: try limits.byteCount(of: spec.type, spec.shape, name: spec.name),
          lifetime: liveness.lifetime(of: tensor, within: operators)))
    }
    for step in steps {
      // Positions within a segment are those of its operators.
      requests.append(
        ArenaPlanner.Request(
          byteCount: step.kernel.scratchByteCount,
          lifetime: step.operatorIndex...step.operatorIndex))
    }
    let planner = ArenaPlanner(maximumByteCount: limits.arenaByteCount - spentByteCount)
    let layout = try planner.layout(for: requests)
    let placements = zip(tensors, zip(requests, layout.offsets)).map { tensor, place in
      SegmentPlan.Placement(tensor: tensor, offset: place.1, byteCount: place.0.byteCount)
    }
    return SegmentPlan(
      operators: operators, steps: steps,
      scratchOffsets: Array(layout.offsets[tensors.count...]), placements: placements,
      arenaByteCount: layout.byteCount, boundary: boundary)
  }
}
