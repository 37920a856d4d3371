import OctetCore
import OctetFormat
import OctetRuntime

/// Runs a model and a reference on the same inputs and compares what each operator computes.
///
/// Tensors belong together by name, see `TensorMatching`; their real values are compared, so that
/// either may be quantized. The reference gets the real values that the tested model's inputs stand
/// for: rounding the inputs makes no difference between the two.
package struct ModelComparison {
  /// What is compared, and what counts as divergent.
  package struct Options: Hashable, Sendable {
    /// The least signal-to-noise ratio in dB of a layer that agrees.
    package var threshold: Double
    /// The largest error, in quantization steps, of a layer that agrees; nil for any.
    package var maximumSteps: Double?
    /// Chooses the pseudo-random inputs where none are given.
    package var seed: UInt64
    /// Threads that kernels may use.
    package var threadCount: Int

    /// Options with their defaults: below 20 dB the error is a tenth of the signal and more.
    package init(
      threshold: Double = 20, maximumSteps: Double? = nil, seed: UInt64 = 1, threadCount: Int = 1
    ) {
      self.threshold = threshold
      self.maximumSteps = maximumSteps
      self.seed = seed
      self.threadCount = threadCount
    }
  }

  /// A model with the name that reports and errors give it.
  package struct Subject: Sendable {
    package var model: Model
    package var name: String

    package init(_ model: Model, name: String) {
      self.model = model
      self.name = name
    }
  }

  private let tested: Subject
  private let reference: Subject
  private let options: Options

  /// A comparison of two models.
  ///
  /// - Throws: `.invalidArgument` for thresholds that are no numbers.
  package init(
    _ tested: Subject, with reference: Subject, options: Options = Options()
  ) throws(OctetError) {
    guard !options.threshold.isNaN, options.maximumSteps.map({ $0 >= 0 }) ?? true else {
      throw OctetError(
        .invalidArgument(name: "threshold", reason: "a bound that no value can be compared with"))
    }
    self.tested = tested
    self.reference = reference
    self.options = options
  }

  /// Compares the models.
  ///
  /// - Parameters:
  ///   - inputs: one for each input of the tested model; empty makes pseudo-random ones.
  ///   - progress: called after each run with the numbers of runs done and in all.
  /// - Throws: `.invalidArgument` where the models' inputs don't fit each other or nothing can be
  ///   compared; what loading, allocating and running throw.
  package func run(
    inputs: [ModelInput] = [], progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws(OctetError) -> ModelComparisonResult {
    let counts = Set(inputs.compactMap(\.runCount))
    guard counts.count <= 1, counts.first != 0 else {
      throw OctetError(
        .invalidArgument(
          name: "--input", reason: "sequences of \(counts.sorted()) runs don't match"))
    }
    let left = try interpreter(tested)
    let right = try interpreter(reference)
    for input in inputs { try left.resizeInput(at: input.index, to: input.shape.dimensions) }
    try left.allocateTensors()
    let feed = try ReferenceFeed(from: left, tested.model, to: right, reference.model)
    try feed.allocate()

    var layers: [LayerComparison] = []
    let total = counts.first ?? 1
    for run in 0..<total {
      if inputs.isEmpty { try left.fillInputs(seed: options.seed) }
      for input in inputs { try input.copy(to: RunTarget(left), run: run) }
      try feed.copyInputs()
      try left.invoke()
      try right.invoke()
      if run == 0 {
        layers = LayerComparison.all(of: tested.model, left, in: reference.model, right)
      }
      for index in layers.indices { layers[index].add(left, right) }
      progress(run + 1, total)
    }
    return try result(layers, runCount: total)
  }

  private func interpreter(_ subject: Subject) throws(OctetError) -> Interpreter {
    try Interpreter(
      model: subject.model, modelPath: subject.name,
      options: .init(threadCount: options.threadCount, preserveAllTensors: true))
  }

  private func result(
    _ comparisons: [LayerComparison], runCount: Int
  ) throws(OctetError) -> ModelComparisonResult {
    var layers = comparisons.map(\.result)
    guard layers.contains(where: { $0.difference != nil }) else {
      throw OctetError(
        .invalidArgument(
          name: reference.name,
          reason: "none of its tensors has the name and shape of one in \(tested.name)"),
        remedy: "compare models that were made from the same graph")
    }
    for index in layers.indices {
      layers[index].isDivergent = layers[index].difference.map(isDivergent) ?? false
    }
    return ModelComparisonResult(
      model: tested.name, reference: reference.name, runCount: runCount,
      threshold: options.threshold, maximumSteps: options.maximumSteps,
      firstDivergent: layers.firstIndex(where: \.isDivergent), layers: layers)
  }

  private func isDivergent(_ difference: ModelComparisonResult.Difference) -> Bool {
    if difference.signalToNoiseRatio < options.threshold { return true }
    guard let bound = options.maximumSteps, let steps = difference.largestErrorInSteps else {
      return false
    }
    return steps > bound
  }
}
