import OctetCore
import OctetFormat
import OctetOperators

/// What the graphs of an interpreter share: state, memory budget, and the graphs that operators run.
///
/// Each graph that operators run has one plan and one arena, whichever operator runs it: graphs
/// can't run themselves, so that it is never needed twice at a time.
final class ExecutionEnvironment {
  let context: KernelContext
  let budget: ArenaBudget
  let control: RunControl
  private let graphs: [CheckedSubgraph]
  private let options: Interpreter.Options
  private let kernels: KernelSelection?
  private var planners: [Int: SubgraphPlanner] = [:]
  private var executions: [SubgraphExecution?]

  /// An environment for the graphs of a model.
  init(_ graphs: [CheckedSubgraph], options: Interpreter.Options, kernels: KernelSelection?) {
    self.graphs = graphs
    self.options = options
    self.kernels = kernels
    executions = graphs.map { _ in nil }
    context = KernelContext(
      state: InterpreterState(maximumVariableByteCount: options.limits.arenaByteCount))
    budget = ArenaBudget(maximumByteCount: options.limits.arenaByteCount)
    control = RunControl(options.limits)
    context.graphs = self
  }

  /// A graph that the caller runs, whose tensors are its own.
  ///
  /// - Throws: operators that aren't supported, in this graph and those that it runs, all at once.
  func execution(ofMain graph: Int) throws(OctetError) -> SubgraphExecution {
    try preparePlanners(reachableFrom: graph)
    let planner = try SubgraphPlanner(
      graphs[graph], registry: options.registry, limits: options.limits,
      preserveAll: options.preserveAllTensors, kernels: kernels)
    return SubgraphExecution(planner, in: self)
  }

  private func preparePlanners(reachableFrom root: Int) throws(OctetError) {
    var problems = Problems()
    var seen: Set = [root]
    var pending = [root]
    while let graph = pending.popLast() {
      do throws(OctetError) {
        let planner = try planner(of: graph)
        for (index, calls) in planner.calls.enumerated() {
          for call in calls {
            guard graphs.indices.contains(call.graph) else {
              throw OctetError(
                .malformedModel(reason: "there is no subgraph \(call.graph)"),
                at: [graphs[graph].operators[index].place])
            }
            if seen.insert(call.graph).inserted { pending.append(call.graph) }
          }
        }
      } catch {
        problems.add(graph == root ? error : error.within("subgraph \(graph)"))
      }
    }
    try problems.throwIfAny()
    try CallGraph(planners).check()
  }

  private func planner(of graph: Int) throws(OctetError) -> SubgraphPlanner {
    if let planner = planners[graph] { return planner }
    let planner = try SubgraphPlanner(
      graphs[graph], registry: options.registry, limits: options.limits, preserveAll: false,
      kernels: kernels)
    planners[graph] = planner
    return planner
  }

  private func execution(of graph: Int) throws(OctetError) -> SubgraphExecution {
    if let execution = executions[graph] { return execution }
    let execution = SubgraphExecution(try planner(of: graph), in: self)
    executions[graph] = execution
    return execution
  }

  /// What a graph gives for these inputs, which it is planned for; nil where only a run tells.
  ///
  /// - Throws: what planning it finds wrong.
  func outputs(
    of graph: Int, given inputs: [TensorSpec?]
  ) throws(OctetError) -> [OutputSpec]? {
    try control.countGraphRun()
    do {
      let execution = try execution(of: graph)
      let specs = inputs.compactMap { $0 }
      try execution.checkInputTypes(specs.map(\.type))
      try execution.plan(inputShapes: specs.map(\.shape))
      return execution.outputSpecs
    } catch {
      throw error.within("subgraph \(graph)")
    }
  }

  /// Sets the variables of the graphs that operators run to zero.
  func resetVariables() {
    for execution in executions { execution?.resetVariables() }
  }
}

extension ExecutionEnvironment: GraphRunner {
  func run(_ graph: Int, _ inputs: [GraphValue]) throws(OctetError) -> [GraphValue] {
    try control.countGraphRun()
    do {
      let execution = try execution(of: graph)
      try execution.setInputs(inputs)
      try execution.run()
      return try execution.outputValues()
    } catch {
      throw error.within("subgraph \(graph)")
    }
  }
}

/// Strings between files and running graphs.
extension ExecutionEnvironment {
  /// The handles of strings, as the memory of a string tensor holds them.
  func handles(of strings: PackedStrings) -> Bytes {
    Bytes(count: strings.count * 8) { memory in
      for (index, string) in strings.strings.enumerated() {
        memory.storeBytes(
          of: context.state.strings.handle(of: string), toByteOffset: 8 * index, as: UInt64.self)
      }
    }
  }

  /// The strings that a string tensor's memory stands for.
  ///
  /// - Throws: `.limitExceeded` where they don't fit into one buffer.
  func packedStrings(_ memory: UnsafeRawBufferPointer) throws(OctetError) -> PackedStrings {
    try PackedStrings(
      memory.assumingMemoryBound(to: UInt64.self).map { context.state.strings.string(of: $0) })
  }

  /// Drops strings of earlier runs where there are many.
  ///
  /// - Parameter main: the graphs that the caller runs.
  func collectStrings(heldBy main: @autoclosure () -> [SubgraphExecution]) {
    let strings = context.state.strings
    guard strings.needsCollection else { return }
    var memory = (main() + executions.compactMap { $0 }).flatMap(\.stringMemory)
    memory += context.state.stringMemory
    strings.collect(keeping: memory)
  }
}
