import OctetCore
import OctetRuntime

/// Measures how long a model takes from its file to its steady state, and how much memory.
///
/// The phases are those of TFLite's `benchmark_model`: load, allocate, a first invoke, invokes for
/// warm-up, timed invokes. Operators are timed in invokes of their own, so that taking their times
/// doesn't slow those that count.
package struct ModelBenchmark: Sendable {
  /// How a benchmark runs.
  package struct Options: Hashable, Sendable {
    /// Threads that kernels may use.
    package var threadCount: Int
    /// Timed invokes, and invokes in which operators are timed.
    package var runCount: Int
    /// Invokes between the first and the timed ones.
    package var warmupRunCount: Int
    /// Whether operators are timed, too.
    package var profilesOperators: Bool

    /// Options with the defaults of `benchmark_model`.
    package init(
      threadCount: Int = 1, runCount: Int = 50, warmupRunCount: Int = 1,
      profilesOperators: Bool = false
    ) {
      self.threadCount = threadCount
      self.runCount = runCount
      self.warmupRunCount = warmupRunCount
      self.profilesOperators = profilesOperators
    }
  }

  private let modelPath: String
  private let options: Options

  /// A benchmark of a model file.
  ///
  /// - Throws: `.invalidArgument` for counts that are too small.
  package init(modelPath: String, options: Options = Options()) throws(OctetError) {
    for (name, value, minimum) in [
      ("threadCount", options.threadCount, 1), ("runCount", options.runCount, 1),
      ("warmupRunCount", options.warmupRunCount, 0),
    ] where value < minimum {
      throw OctetError(.invalidArgument(name: name, reason: "\(value) is below \(minimum)"))
    }
    self.modelPath = modelPath
    self.options = options
  }

  /// Loads the model and runs it on pseudo-random inputs.
  ///
  /// - Parameter progress: called after each invoke with the numbers of invokes done and in all.
  /// - Throws: what loading, allocating and running throw.
  package func run(
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws(OctetError) -> BenchmarkResult {
    let clock = ContinuousClock()
    let start = clock.now
    let model = try Model(path: modelPath)
    let interpreter = try Interpreter(
      model: model, modelPath: modelPath, options: .init(threadCount: options.threadCount))
    let loaded = clock.now
    try interpreter.allocateTensors()
    let allocated = clock.now
    try interpreter.fillInputs(seed: 1)

    var done = 0
    let total = options.runCount.addingReportingOverflow(options.warmupRunCount).partialValue &+ 1
    func timedInvoke() throws(OctetError) -> Duration {
      let start = clock.now
      try interpreter.invoke()
      let latency = clock.now - start
      done += 1
      progress(done, total)
      return latency
    }
    let firstInvoke = try timedInvoke()
    for _ in 0..<options.warmupRunCount { _ = try timedInvoke() }
    var latencies: [Duration] = []
    for _ in 0..<options.runCount { latencies.append(try timedInvoke()) }
    // What collecting profiles takes is not the model's.
    let peakMemory = PeakMemory.residentByteCount

    var profile: OperatorProfile?
    if options.profilesOperators {
      var collected = OperatorProfile(of: model)
      for _ in 0..<options.runCount {
        try interpreter.invoke { timing in collected.add(timing) }
      }
      profile = collected
    }
    return BenchmarkResult(
      model: modelPath, options: options, load: loaded - start, allocation: allocated - loaded,
      firstInvoke: firstInvoke, latencies: LatencySummary(latencies),
      arenaByteCount: interpreter.arenaByteCount, peakMemoryByteCount: peakMemory,
      operators: profile?.rows)
  }
}
