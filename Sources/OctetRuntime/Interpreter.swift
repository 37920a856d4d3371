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
/// where shapes depend on values that are computed on the way, for strings and tables, and in
/// kernels that sort or select (detection post-processing, UNIQUE, sort and scatter of StableHLO).
public final class Interpreter {
  /// The model that runs.
  public let model: Model
  /// As given to the initializer.
  public let options: Options

  /// How an interpreter works.
  public struct Options: Sendable {
    /// Threads that kernels may use, at most `maximumThreadCount`; reference kernels use one.
    public var threadCount: Int
    /// More than any machine has cores.
    public static let maximumThreadCount = 1024
    /// Whether every tensor can be read after `invoke`, which takes more memory.
    public var preserveAllTensors: Bool
    /// Whether all operators run on their reference kernels: slower, with the same results.
    public var usesReferenceKernels: Bool
    /// Bounds on memory.
    public var limits: Limits
    /// The operators that are known; add your own custom ones.
    public var registry: OperatorRegistry
    /// The instruction set of kernels; nil for that of `InstructionSet.selected`.
    package var instructionSet: InstructionSet?

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

  let environment: ExecutionEnvironment
  /// How error paths name the model.
  let place: String
  /// The main graph.
  let session: GraphSession
  private let graphs: [CheckedSubgraph]
  /// The graphs that were asked for, by position.
  private var sessions: [Int: GraphSession] = [:]

  /// An interpreter for a model that may be shared.
  ///
  /// - Parameter modelPath: how error paths name the model.
  /// - Throws: `.malformedModel`, `.invalidQuantization`, `.invalidArgument` for the options and
  ///   for the environment variable `OCTET_ISA`, see `InstructionSet`.
  public init(
    model: Model, modelPath: String = "model", options: Options = Options()
  ) throws(OctetError) {
    let place = modelPath
    guard (1...Options.maximumThreadCount).contains(options.threadCount) else {
      throw OctetError(
        .invalidArgument(
          name: "threadCount",
          reason: "\(options.threadCount) is not in 1...\(Options.maximumThreadCount)"))
    }
    var graphs: [CheckedSubgraph] = []
    var problems = Problems()
    var budget = DenseConstantBudget(options.limits)
    for (index, subgraph) in model.subgraphs.enumerated() {
      do throws(OctetError) {
        graphs.append(try CheckedSubgraph(subgraph, of: model, &budget))
      } catch {
        problems.add(error.within("subgraph \(index)").within(place))
      }
    }
    try problems.throwIfAny()
    guard let main = graphs.first else {
      throw OctetError(.malformedModel(reason: "there is no subgraph"), at: [place])
    }
    self.model = model
    self.place = place
    self.options = options
    self.graphs = graphs
    environment = ExecutionEnvironment(
      graphs, options: options,
      kernels: try KernelSelection(options: options, sharing: model.derivedData))
    session = GraphSession(
      main, index: 0, place: place, preservesAllTensors: options.preserveAllTensors,
      in: environment)
    sessions[0] = session
  }

  /// The session of a graph, which those who ask for the same graph share.
  func session(ofGraph index: Int) -> GraphSession {
    if let session = sessions[index] { return session }
    let session = GraphSession(
      graphs[index], index: index, place: place, preservesAllTensors: options.preserveAllTensors,
      in: environment)
    sessions[index] = session
    return session
  }

  func invoke(
    _ session: GraphSession, _ profiler: OperatorProfiler?, _ timeout: Duration?,
    _ cancellation: Cancellation?
  ) throws(OctetError) {
    environment.collectStrings(heldBy: sessions.values.compactMap(\.execution))
    try session.invoke(profiler: profiler, timeout: timeout, cancellation: cancellation)
  }

  /// How many inputs the model has.
  public var inputTensorCount: Int { session.graph.inputs.count }

  /// How many outputs the model has.
  public var outputTensorCount: Int { session.graph.outputs.count }

  /// Infers all shapes, prepares every operator and takes the memory.
  ///
  /// Must be called before inputs are given, and again after `resizeInput`. Inputs and variables
  /// are zero afterwards. Calling it again without a reason does nothing.
  ///
  /// - Throws: everything that stands in the way of running, at once: unsupported operators,
  ///   versions and types, contradictions between shapes, limits.
  public func allocateTensors() throws(OctetError) {
    try session.allocateTensors()
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
    try session.resizeInput(at: index, to: shape, allowsOtherRank: allowsOtherRank)
  }

  /// Runs the model once.
  ///
  /// - Parameters:
  ///   - profiler: called after each operator of the main graph, with the time that it took.
  ///     Without one no times are taken.
  ///   - timeout: how long the run may take. It is looked at between operators, so that a run can
  ///     take longer by one operator.
  ///   - cancellation: lets another task or thread end the run between two operators.
  /// - Throws: `.wrongOrder` before `allocateTensors`; `.timedOut` and `.cancelled`, behind which
  ///   the model can run again, with variables as the run left them; what operators find wrong with
  ///   the data; and where shapes depend on computed values, what those make impossible.
  public func invoke(
    profiler: OperatorProfiler? = nil, timeout: Duration? = nil,
    cancellation: Cancellation? = nil
  ) throws(OctetError) {
    try invoke(session, profiler, timeout, cancellation)
  }

  /// Sets variable tensors (the state of recurrent models) of all graphs to zero.
  ///
  /// Resource variables keep their values.
  ///
  /// - Throws: `.wrongOrder` before `allocateTensors`.
  public func resetVariableTensors() throws(OctetError) {
    _ = try session.allocated("resetVariableTensors()")
    for session in sessions.values { session.execution?.resetVariables() }
    environment.resetVariables()
  }

  /// Bytes of memory that tensors share, constants excluded; 0 before `allocateTensors`.
  public var arenaByteCount: Int { environment.budget.byteCount }
}
