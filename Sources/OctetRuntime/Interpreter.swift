import OctetCore
import OctetFormat
import OctetOperators

/// Runs a model: give inputs, invoke, take outputs.
///
/// ```swift
/// let interpreter = try Interpreter(modelPath: "mobilenet.tflite")
/// try interpreter.allocateTensors()
/// try interpreter.copy(pixels, toInputAt: 0)
/// try interpreter.invoke()
/// let scores = try interpreter.output(at: 0).dequantizedValues()
/// ```
///
/// An interpreter belongs to one task at a time. A `Model` may be shared by any number of them.
///
/// Inputs and variables keep their contents between invokes. Running allocates no memory, except
/// where shapes depend on values that are computed on the way.
public final class Interpreter {
  /// The model that runs.
  public let model: Model
  /// As given to the initializer.
  public let options: Options

  /// How an interpreter works.
  public struct Options: Sendable {
    /// Threads that kernels may use; reference kernels use one.
    public var threadCount: Int
    /// Whether every tensor can be read after `invoke`, which takes more memory.
    public var preserveAllTensors: Bool
    /// Whether all operators run on their reference kernels: slower, with the same results.
    public var usesReferenceKernels: Bool
    /// Bounds on memory.
    public var limits: Limits
    /// The operators that are known; add your own custom ones.
    public var registry: OperatorRegistry

    /// Options with their defaults.
    public init(
      threadCount: Int = 1, preserveAllTensors: Bool = false, usesReferenceKernels: Bool = false,
      limits: Limits = Limits(), registry: OperatorRegistry = .standard
    ) {
      self.threadCount = threadCount
      self.preserveAllTensors = preserveAllTensors
      self.usesReferenceKernels = usesReferenceKernels
      self.limits = limits
      self.registry = registry
    }
  }

  /// How error paths name the model.
  private let place: String
  private let kernels: KernelSelection?
  let graph: CheckedSubgraph
  private var inputShapes: [[Int]]
  private var execution: SubgraphExecution?
  private var hasRun = false

  /// An interpreter for a model that may be shared.
  ///
  /// - Parameter modelPath: how error paths name the model.
  /// - Throws: `.malformedModel`, `.invalidQuantization`, `.invalidArgument` for the options and
  ///   for the environment variable `OCTET_ISA`, see `InstructionSet`.
  public init(
    model: Model, modelPath: String = "model", options: Options = Options()
  ) throws(OctetError) {
    let place = modelPath
    guard options.threadCount >= 1 else {
      throw OctetError(
        .invalidArgument(name: "threadCount", reason: "\(options.threadCount) is below 1"))
    }
    guard let main = model.subgraphs.first else {
      throw OctetError(.malformedModel(reason: "there is no subgraph"), at: [place])
    }
    do throws(OctetError) {
      graph = try CheckedSubgraph(main, of: model)
    } catch {
      throw error.within("subgraph 0").within(place)
    }
    kernels = try KernelSelection(options: options, sharing: model.derivedData)
    self.model = model
    self.place = place
    self.options = options
    inputShapes = graph.inputs.map { [tensors = graph.tensors] in tensors[$0].dimensions }
  }

  /// How many inputs the model has.
  public var inputTensorCount: Int { graph.inputs.count }

  /// How many outputs the model has.
  public var outputTensorCount: Int { graph.outputs.count }

  /// Infers all shapes, prepares every operator and takes the memory.
  ///
  /// Must be called before inputs are given, and again after `resizeInput`. Inputs and variables
  /// are zero afterwards. Calling it again without a reason does nothing.
  ///
  /// - Throws: everything that stands in the way of running, at once: unsupported operators,
  ///   versions and types, contradictions between shapes, limits.
  public func allocateTensors() throws(OctetError) {
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
      let planner = try SubgraphPlanner(
        graph, registry: options.registry, limits: options.limits,
        preserveAll: options.preserveAllTensors, kernels: kernels)
      execution = try SubgraphExecution(planner, inputShapes: shapes)
    } catch {
      throw error.within("subgraph 0").within(place)
    }
  }

  /// Gives an input another shape; tensors must be allocated anew afterwards.
  ///
  /// - Parameter allowsOtherRank: whether the number of dimensions may change as well, for models
  ///   that state a wrong one.
  /// - Throws: `.invalidArgument` for an index that isn't there, `.invalidShape` for another rank
  ///   or an extent that can't be.
  public func resizeInput(
    at index: Int, to shape: [Int], allowsOtherRank: Bool = false
  ) throws(OctetError) {
    let tensor = graph.tensors[try inputTensor(at: index)]
    do throws(OctetError) {
      _ = try Shape(shape)
      guard allowsOtherRank || !tensor.hasKnownRank || shape.count == tensor.dimensions.count
      else {
        throw OctetError(
          .invalidShape(shape, reason: "the input's rank is \(tensor.dimensions.count)"))
      }
    } catch {
      throw error.within("input \(index) '\(tensor.name)'").within(place)
    }
    guard inputShapes[index] != shape else { return }
    inputShapes[index] = shape
    execution = nil
    hasRun = false
  }

  /// Runs the model once.
  ///
  /// - Parameter profiler: called after each operator, with the time that it took. Without one no
  ///   times are taken.
  /// - Throws: `.wrongOrder` before `allocateTensors`; and where shapes depend on computed values,
  ///   what those values make impossible.
  public func invoke(profiler: OperatorProfiler? = nil) throws(OctetError) {
    let execution = try allocated("invoke()")
    hasRun = false
    do throws(OctetError) {
      try execution.run(profiler: profiler)
    } catch {
      throw error.within("subgraph 0").within(place)
    }
    hasRun = true
  }

  /// Sets variable tensors (the state of recurrent models) to zero.
  ///
  /// - Throws: `.wrongOrder` before `allocateTensors`.
  public func resetVariableTensors() throws(OctetError) {
    try allocated("resetVariableTensors()").resetVariables()
  }

  /// Bytes of memory that tensors share, constants excluded; 0 before `allocateTensors`.
  public var arenaByteCount: Int { execution?.arenaByteCount ?? 0 }
}

extension Interpreter {
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

  /// Names a place inside the model in an error.
  func failure(
    _ code: OctetError.Code, at inner: String, remedy: String? = nil
  ) -> OctetError {
    OctetError(code, at: [place, inner], remedy: remedy)
  }
}
