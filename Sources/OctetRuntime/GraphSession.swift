import OctetCore
import OctetFormat
import OctetOperators

/// A graph that the caller runs: the main one, or that of a signature.
final class GraphSession {
  let graph: CheckedSubgraph
  /// How error paths name the model.
  let place: String
  let environment: ExecutionEnvironment
  private let index: Int
  private let preservesAllTensors: Bool
  private var inputShapes: [[Int]]
  private(set) var execution: SubgraphExecution?
  private var hasRun = false

  /// A graph whose tensors are not yet allocated.
  init(
    _ graph: CheckedSubgraph, index: Int, place: String, preservesAllTensors: Bool,
    in environment: ExecutionEnvironment
  ) {
    self.graph = graph
    self.index = index
    self.place = place
    self.preservesAllTensors = preservesAllTensors
    self.environment = environment
    inputShapes = graph.inputs.map { graph.tensors[$0].dimensions }
  }

  func allocateTensors() throws(OctetError) {
    guard execution == nil else { return }
    hasRun = false
    do throws(OctetError) {
      var shapes: [Shape] = []
      for (position, dimensions) in inputShapes.enumerated() {
        do throws(OctetError) {
          shapes.append(try Shape(dimensions))
        } catch {
          throw OctetError(
            error.code, at: ["input \(position)"],
            remedy: "give the input a shape with resizeInput(at:to:)")
        }
      }
      environment.control.begin()
      let execution = try environment.execution(ofMain: index)
      try execution.plan(inputShapes: shapes)
      self.execution = execution
    } catch {
      throw error.within("subgraph \(index)").within(place)
    }
  }

  func resizeInput(
    at position: Int, to shape: [Int], allowsOtherRank: Bool
  ) throws(OctetError) {
    let tensor = graph.tensors[try inputTensor(at: position)]
    do throws(OctetError) {
      _ = try Shape(shape)
      guard allowsOtherRank || !tensor.hasKnownRank || shape.count == tensor.dimensions.count
      else {
        throw OctetError(
          .invalidShape(shape, reason: "the input's rank is \(tensor.dimensions.count)"))
      }
    } catch {
      throw error.within("input \(position) '\(tensor.name)'").within(place)
    }
    guard inputShapes[position] != shape else { return }
    inputShapes[position] = shape
    execution = nil
    hasRun = false
  }

  func invoke(
    profiler: OperatorProfiler?, timeout: Duration?, cancellation: Cancellation?
  ) throws(OctetError) {
    let execution = try allocated("invoke()")
    hasRun = false
    do throws(OctetError) {
      environment.control.begin(timeout: timeout, cancellation: cancellation)
      try execution.run(profiler: profiler)
    } catch {
      if !execution.isPlanned { self.execution = nil }
      throw error.within("subgraph \(index)").within(place)
    }
    hasRun = true
  }

  func allocated(_ call: String) throws(OctetError) -> SubgraphExecution {
    guard let execution else {
      throw OctetError(
        .wrongOrder(reason: "\(call) needs allocated tensors"), at: [place],
        remedy: "call allocateTensors() first, and again after resizeInput(at:to:)")
    }
    return execution
  }

  func executed(_ call: String) throws(OctetError) -> SubgraphExecution {
    let execution = try allocated(call)
    guard hasRun else {
      throw OctetError(
        .wrongOrder(reason: "\(call): there are no results yet"), at: [place],
        remedy: "call invoke() first")
    }
    return execution
  }

  func inputTensor(at index: Int) throws(OctetError) -> Int {
    try element(index, of: graph.inputs, "input")
  }

  func outputTensor(at index: Int) throws(OctetError) -> Int {
    try element(index, of: graph.outputs, "output")
  }

  private func element(
    _ index: Int, of list: [Int], _ role: String
  ) throws(OctetError) -> Int {
    guard list.indices.contains(index) else {
      throw OctetError(
        .invalidArgument(
          name: "index", reason: "there is no \(role) \(index); the model has \(list.count)"),
        at: [place])
    }
    return list[index]
  }

  /// A tensor by its name.
  func tensor(named name: String) throws(OctetError) -> Tensor {
    let execution = try executed("tensor(named:)")
    guard let tensor = graph.tensors.firstIndex(where: { $0.name == name }) else {
      let near = NearMatches(to: name).among(graph.tensors.map(\.name))
      throw failure(.unknownName(name, kind: "tensor", near: near), at: "tensors")
    }
    return try copy(ofComputed: tensor, in: execution)
  }

  /// A tensor by its position in the graph.
  func tensor(at index: Int) throws(OctetError) -> Tensor {
    let execution = try executed("tensor(at:)")
    guard graph.tensors.indices.contains(index) else {
      throw failure(
        .invalidArgument(
          name: "index", reason: "\(index), but the graph has \(graph.tensors.count) tensors"),
        at: "tensors")
    }
    return try copy(ofComputed: index, in: execution)
  }

  private func copy(
    ofComputed tensor: Int, in execution: SubgraphExecution
  ) throws(OctetError) -> Tensor {
    if case .computed = graph.tensors[tensor].origin, !preservesAllTensors,
      !graph.outputs.contains(tensor)
    {
      let name = graph.tensors[tensor].name
      throw failure(
        .invalidArgument(name: "name", reason: "the memory of '\(name)' was used again"),
        at: name, remedy: "set options.preserveAllTensors")
    }
    return try copy(of: tensor, in: execution)
  }

  /// Names a place inside the model in an error.
  func failure(
    _ code: OctetError.Code, at inner: String, remedy: String? = nil
  ) -> OctetError {
    OctetError(code, at: [place, inner], remedy: remedy)
  }
}
