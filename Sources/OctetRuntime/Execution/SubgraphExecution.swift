import OctetCore
import OctetFormat
import OctetOperators

/// A planned graph with its memory.
final class SubgraphExecution {
  private(set) var planner: SubgraphPlanner
  var graph: CheckedSubgraph { planner.graph }
  private unowned let environment: ExecutionEnvironment
  private(set) var inputShapes: [Shape] = []
  private(set) var specs: [TensorSpec?] = []
  /// The memory of each tensor that has any. That of constants is never written.
  private var memory: [UnsafeRawBufferPointer?] = []
  /// String constants as a running graph has them.
  private var handles: [Int: Bytes] = [:]
  private(set) var segments: [LoadedSegment] = []
  /// What the graph gives, as long as plan and memory stay as they are.
  var results: [GraphValue]?

  /// A graph without a plan.
  init(_ planner: SubgraphPlanner, in environment: ExecutionEnvironment) {
    self.planner = planner
    self.environment = environment
  }

  /// Plans the graph as far as its shapes are known or can be foreseen, and takes the memory for it.
  ///
  /// Inputs and variables are zero afterwards. Where the shapes are those of the last plan, nothing
  /// is done.
  ///
  /// - Parameter inputShapes: one for each input of the graph.
  /// - Throws: what planning finds wrong.
  func plan(inputShapes: [Shape]) throws(OctetError) {
    guard segments.isEmpty || inputShapes != self.inputShapes else { return }
    segments = []
    handles = [:]
    self.inputShapes = inputShapes
    memory = [UnsafeRawBufferPointer?](repeating: nil, count: graph.tensors.count)
    specs = [TensorSpec?](repeating: nil, count: graph.tensors.count)
    for (tensor, shape) in zip(graph.inputs, inputShapes) {
      specs[tensor] = graph.tensors[tensor].spec(shape: shape)
    }
    for (index, tensor) in graph.tensors.enumerated()
    where tensor.origin == .constant || tensor.origin == .variable {
      do {
        specs[index] = tensor.spec(shape: try Shape(tensor.dimensions))
        try pointToConstant(index)
      } catch {
        throw error.within("tensor \(index) '\(tensor.name)'")
      }
    }
    do {
      try load(from: 0, assuming: .nothing)
      resetVariables()
      try loadForeseeable()
    } catch {
      segments = []
      memory = [UnsafeRawBufferPointer?](repeating: nil, count: graph.tensors.count)
      throw error
    }
  }

  /// Whether the graph has a plan; false once planning has failed.
  var isPlanned: Bool { !segments.isEmpty }

  /// Runs all operators. Plans again only what depends on run-time values that have changed.
  ///
  /// - Parameter profiler: told of each operator behind it; nil saves taking times.
  /// - Throws: what planning behind a run-time value finds wrong, what kernels report, `.cancelled`
  ///   and `.timedOut`.
  func run(profiler: OperatorProfiler? = nil) throws(OctetError) {
    if replacesRowBeforeFirst { try planWithoutRowReplacements() }
    let environment = environment
    let control = environment.control
    let context = environment.context
    // Looked at once: checks of properties take as long as small segments do.
    var segments = segments
    var index = 0
    while true {
      let segment = segments[index]
      if let profiler {
        try run(segment, profiler, in: environment)
      } else {
        for position in segment.runs.indices {
          try control.check()
          segment.runs[position]._withUnsafeGuaranteedRef { $0.run() }
          if context.hasFailed {
            try throwFailure(of: segment.plan.steps[position], in: environment)
          }
        }
      }
      index += 1
      if let results = segment.results, index < segments.count, segments[index].take(results) {
        results.clear()
        continue
      }
      switch segment.plan.boundary {
      case nil: return
      case .value(let tensor): try supply(valueOf: tensor, to: index)
      case .results(let tensors, _): try receive(tensors, in: index)
      }
      segments = self.segments
    }
  }

  private func throwFailure(
    of step: PlannedStep, in environment: ExecutionEnvironment
  ) throws(OctetError) {
    do {
      try environment.context.throwFailure()
    } catch {
      throw error.within(graph.operators[step.operatorIndex].place)
    }
  }

  private func run(
    _ segment: LoadedSegment, _ profiler: OperatorProfiler, in environment: ExecutionEnvironment
  ) throws(OctetError) {
    let clock = ContinuousClock()
    for (step, plan) in zip(segment.operators, segment.plan.steps) {
      try environment.control.check()
      let start = clock.now
      step.run()
      let duration = clock.now - start
      try throwFailure(of: plan, in: environment)
      profiler(
        OperatorTiming(
          operatorIndex: plan.operatorIndex,
          operatorName: graph.operators[plan.operatorIndex].code.name,
          outputName: plan.outputs.first.map { graph.tensors[$0].name },
          kernelName: plan.kernel.kernelName, duration: duration))
    }
  }

  /// Sets variables to real zero.
  ///
  /// **Source**: TFLite `ResetVariableTensor`, where int8 variables start at their zero point.
  func resetVariables() {
    for (index, tensor) in graph.tensors.enumerated() where tensor.origin == .variable {
      let zeroPoint = tensor.type == .int8 ? tensor.quantization?.zeroPoint ?? 0 : 0
      let zero = UInt8(bitPattern: Int8(truncatingIfNeeded: zeroPoint))
      UnsafeMutableRawBufferPointer(mutating: bytes(of: index))
        .initializeMemory(as: UInt8.self, repeating: zero)
    }
  }

  /// What is known of a tensor; nil where its shape awaits a run-time value.
  func spec(of tensor: Int) -> TensorSpec? { specs[tensor] }

  /// A tensor's memory, which is empty as long as its shape is unknown.
  func bytes(of tensor: Int) -> UnsafeRawBufferPointer {
    memory[tensor] ?? UnsafeRawBufferPointer(start: nil, count: 0)
  }

  /// The memory of an input, for the caller to fill.
  func mutableBytes(ofInput tensor: Int) -> UnsafeMutableRawBufferPointer {
    precondition(graph.tensors[tensor].origin == .input, "only inputs are the caller's to write")
    return UnsafeMutableRawBufferPointer(mutating: bytes(of: tensor))
  }

  /// The memory of all string tensors, which holds handles.
  var stringMemory: [UnsafeRawBufferPointer] {
    specs.indices.filter { specs[$0]?.type == .string }.compactMap { memory[$0] }
  }
}

/// Rows that are replaced in one step, see `RowReplacement`.
extension SubgraphExecution {
  /// Whether row −1 is to be replaced: the slices before and behind it are both the whole tensor.
  private var replacesRowBeforeFirst: Bool {
    planner.rowReplacements.positions.contains { position in
      specs[position]?.shape.elementCount == 1
        && bytes(of: position).allSatisfy { $0 == UInt8.max }
    }
  }

  /// Plans anew with the values that inputs and variables have.
  private func planWithoutRowReplacements() throws(OctetError) {
    let kept = graph.tensors.indices
      .filter { [.input, .variable].contains(graph.tensors[$0].origin) }
      .map { (tensor: $0, value: Bytes(Array(bytes(of: $0)))) }
    planner = planner.withoutRowReplacements()
    segments = []
    try plan(inputShapes: inputShapes)
    for (tensor, value) in kept {
      value.withUnsafeBytes { copy($0, to: tensor) }
    }
  }
}

/// Segments: how they come into memory, and what runs hand on from one to the next.
extension SubgraphExecution {
  /// Loads the segments whose received shapes can be foreseen.
  private func loadForeseeable() throws(OctetError) {
    while case .results(let tensors, let expected?) = segments[segments.count - 1].plan.boundary {
      for (tensor, shape) in zip(tensors, expected) {
        specs[tensor] = graph.tensors[tensor].spec(shape: shape)
      }
      try load(
        from: segments[segments.count - 1].plan.operators.upperBound, receiving: tensors,
        assuming: .shapes(expected))
    }
  }

  /// Lets segment `index` be planned for the value that a tensor has now.
  private func supply(valueOf tensor: Int, to index: Int) throws(OctetError) {
    let value = try storedValue(of: tensor)
    if index < segments.count, segments[index].assumption == .value(value) { return }
    forget(from: index)
    specs[tensor]?.constant = value
    try load(
      from: segments[index - 1].plan.operators.upperBound, assuming: .value(value))
    try loadForeseeable()
  }

  /// A copy of a tensor's value in the form that constants have in a file.
  private func storedValue(of tensor: Int) throws(OctetError) -> Bytes {
    guard specs[tensor]?.type == .string else { return Bytes(Array(bytes(of: tensor))) }
    return try environment.packedStrings(bytes(of: tensor)).bytes
  }

  /// Copies what the last step of segment `index - 1` gave to where segment `index` reads it.
  private func receive(_ tensors: [Int], in index: Int) throws(OctetError) {
    guard let results = segments[index - 1].results else { return }
    defer { results.clear() }
    var values: [GraphValue] = []
    var received: [TensorSpec] = []
    do throws(OctetError) {
      for (position, tensor) in tensors.enumerated() {
        guard results.values.indices.contains(position), let value = results.values[position]
        else {
          throw OctetError(.malformedModel(reason: "the operator gives no output \(position)"))
        }
        let spec = try planner.spec(of: tensor, type: value.type, shape: value.shape)
        values.append(value)
        received.append(spec)
      }
    } catch {
      throw error.within(graph.operators[segments[index - 1].plan.operators.upperBound - 1].place)
    }
    let shapes = received.map(\.shape)
    // Planning may give back the memory that the values stand in.
    let copies = values.map { Bytes(Array($0.bytes)) }
    forget(from: index)
    for (tensor, spec) in zip(tensors, received) { specs[tensor] = spec }
    try load(
      from: segments[index - 1].plan.operators.upperBound, receiving: tensors,
      assuming: .shapes(shapes))
    try loadForeseeable()
    for (tensor, value) in zip(tensors, copies) {
      value.withUnsafeBytes { copy($0, to: tensor) }
    }
  }

  func copy(_ source: UnsafeRawBufferPointer, to tensor: Int) {
    let destination = UnsafeMutableRawBufferPointer(mutating: bytes(of: tensor))
    guard let to = destination.baseAddress, let from = source.baseAddress else { return }
    to.copyMemory(from: from, byteCount: min(source.count, destination.count))
  }

  /// Drops segments with all that was inferred from the run-time values that they were made for.
  private func forget(from index: Int) {
    results = nil
    for segment in segments[(index - 1)...] {
      switch segment.plan.boundary {
      case .value(let tensor): specs[tensor]?.constant = nil
      case .results(let tensors, _):
        for tensor in tensors {
          specs[tensor] = nil
          memory[tensor] = nil
        }
      case nil: break
      }
    }
    for segment in segments[index...] {
      for step in graph.operators[segment.plan.operators] {
        for tensor in step.outputs {
          specs[tensor] = nil
          memory[tensor] = nil
        }
      }
    }
    segments.removeSubrange(index...)
  }

  private func load(
    from start: Int, receiving received: [Int] = [], assuming assumption: LoadedSegment.Assumption
  ) throws(OctetError) {
    results = nil
    let plan = try planner.plan(
      from: start, isFirst: segments.isEmpty, receiving: received, specs: &specs, in: environment)
    let arena = try Arena(byteCount: plan.arenaByteCount, from: environment.budget)
    for place in plan.placements {
      memory[place.tensor] = UnsafeRawBufferPointer(
        rebasing: arena.bytes[place.offset..<(place.offset + place.byteCount)])
    }
    for step in graph.operators[plan.operators] {
      for tensor in step.outputs where memory[tensor] == nil { try pointToConstant(tensor) }
    }
    var results: KernelResults?
    let operators = zip(plan.steps, plan.scratchOffsets).map { step, offset in
      if step.givesOutputShapes { results = KernelResults(count: step.outputs.count) }
      let buffers = KernelBuffers(
        inputs: step.inputs.map { $0.map { bytes(of: $0) } },
        outputs: step.outputs.map { UnsafeMutableRawBufferPointer(mutating: bytes(of: $0)) },
        scratch: UnsafeMutableRawBufferPointer(
          rebasing: arena.bytes[offset..<(offset + step.kernel.scratchByteCount)]),
        context: environment.context, results: step.givesOutputShapes ? results : nil)
      return step.kernel.bound(to: buffers)
    }
    segments.append(
      LoadedSegment(
        plan: plan, arena: arena, operators: operators, results: results, assumption: assumption,
        entries: entries(receiving: received)))
  }

  private func entries(receiving received: [Int]) -> [LoadedSegment.Entry] {
    received.compactMap { tensor in
      specs[tensor].map { spec in
        LoadedSegment.Entry(
          spec: OutputSpec(spec.type, spec.shape),
          memory: UnsafeMutableRawBufferPointer(mutating: bytes(of: tensor)))
      }
    }
  }

  /// `Bytes` stay at one address as long as `specs` or `handles` hold them.
  private func pointToConstant(_ tensor: Int) throws(OctetError) {
    guard let spec = specs[tensor], let constant = spec.constant else {
      memory[tensor] = nil
      return
    }
    if spec.type == .string {
      handles[tensor] = environment.handles(of: try PackedStrings(constant))
      memory[tensor] = handles[tensor]?.withUnsafeBytes { $0 }
    } else {
      memory[tensor] = constant.withUnsafeBytes { $0 }
    }
  }
}
