import OctetCore
import OctetOperators

/// A planned graph with its memory: what an interpreter runs.
final class SubgraphExecution {
  private let planner: SubgraphPlanner
  private var graph: CheckedSubgraph { planner.graph }
  private var specs: [TensorSpec?]
  /// The memory of each tensor that has any. That of constants is never written.
  private var memory: [UnsafeRawBufferPointer?]
  private var segments: [LoadedSegment] = []

  /// A segment with addresses in place of tensor indices.
  private struct LoadedSegment {
    let plan: SegmentPlan
    let arena: Arena
    let steps: [(kernel: PreparedOperator, buffers: KernelBuffers)]
    /// The run-time value that the plan was made for; nil for the first segment.
    let assumedValue: Bytes?
  }

  /// Plans a graph as far as its shapes are known, and takes the memory for it.
  ///
  /// - Parameter inputShapes: one for each input of the graph.
  /// - Throws: what planning finds wrong.
  init(_ planner: SubgraphPlanner, inputShapes: [Shape]) throws(OctetError) {
    self.planner = planner
    let graph = planner.graph
    memory = [UnsafeRawBufferPointer?](repeating: nil, count: graph.tensors.count)
    specs = [TensorSpec?](repeating: nil, count: graph.tensors.count)
    for (tensor, shape) in zip(graph.inputs, inputShapes) {
      specs[tensor] = graph.tensors[tensor].spec(shape: shape)
    }
    for (index, tensor) in graph.tensors.enumerated()
    where tensor.origin == .constant || tensor.origin == .variable {
      do {
        specs[index] = tensor.spec(shape: try Shape(tensor.dimensions))
      } catch {
        throw error.within("tensor \(index) '\(tensor.name)'")
      }
      pointToConstant(index)
    }
    try load(from: 0, assumedValue: nil)
    resetVariables()
  }

  /// Runs all operators. Plans again only what depends on run-time values that have changed.
  ///
  /// - Parameter profiler: told of each operator behind it; nil saves taking times.
  /// - Throws: what planning behind a run-time value finds wrong; never for a graph whose shapes
  ///   were all known before.
  func run(profiler: OperatorProfiler? = nil) throws(OctetError) {
    var index = 0
    while true {
      if let profiler {
        run(segments[index], profiler)
      } else {
        for step in segments[index].steps { step.kernel.run(step.buffers) }
      }
      guard let boundary = segments[index].plan.boundary else { return }
      let value = bytes(of: boundary.tensor)
      index += 1
      if index < segments.count, segments[index].assumedValue?.holds(value) == true { continue }
      let copy = Bytes(Array(value))
      forget(from: index)
      specs[boundary.tensor]?.constant = copy
      try load(from: boundary.operatorIndex, assumedValue: copy)
    }
  }

  private func run(_ segment: LoadedSegment, _ profiler: OperatorProfiler) {
    let clock = ContinuousClock()
    for (step, planned) in zip(segment.steps, segment.plan.steps) {
      let start = clock.now
      step.kernel.run(step.buffers)
      let duration = clock.now - start
      let index = planned.operatorIndex
      profiler(
        OperatorTiming(
          operatorIndex: index, operatorName: graph.operators[index].code.name,
          outputName: planned.outputs.first.map { graph.tensors[$0].name },
          kernelName: step.kernel.kernelName, duration: duration))
    }
  }

  /// Drops segments with all that was inferred from the run-time values that they were made for.
  private func forget(from index: Int) {
    for segment in segments[(index - 1)...] {
      if let boundary = segment.plan.boundary { specs[boundary.tensor]?.constant = nil }
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

  private func load(from start: Int, assumedValue: Bytes?) throws(OctetError) {
    let plan = try planner.plan(
      from: start, isFirst: segments.isEmpty, specs: &specs, spentByteCount: arenaByteCount)
    let arena = try Arena(byteCount: plan.arenaByteCount)
    for place in plan.placements {
      memory[place.tensor] = UnsafeRawBufferPointer(
        rebasing: arena.bytes[place.offset..<(place.offset + place.byteCount)])
    }
    for step in graph.operators[plan.operators] {
      for tensor in step.outputs where memory[tensor] == nil { pointToConstant(tensor) }
    }
    let steps = zip(plan.steps, plan.scratchOffsets).map { step, offset in
      (
        step.kernel,
        KernelBuffers(
          inputs: step.inputs.map { $0.map { bytes(of: $0) } },
          outputs: step.outputs.map { UnsafeMutableRawBufferPointer(mutating: bytes(of: $0)) },
          scratch: UnsafeMutableRawBufferPointer(
            rebasing: arena.bytes[offset..<(offset + step.kernel.scratchByteCount)]))
      )
    }
    segments.append(
      LoadedSegment(plan: plan, arena: arena, steps: steps, assumedValue: assumedValue))
  }

  /// `Bytes` stay at one address as long as `specs` holds them.
  private func pointToConstant(_ tensor: Int) {
    memory[tensor] = specs[tensor]?.constant?.withUnsafeBytes { $0 }
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

  /// Bytes of all arenas.
  var arenaByteCount: Int {
    segments.reduce(0) { $0 + $1.plan.arenaByteCount }
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
}

extension Bytes {
  fileprivate func holds(_ other: UnsafeRawBufferPointer) -> Bool {
    withUnsafeBytes { $0.elementsEqual(other) }
  }
}
