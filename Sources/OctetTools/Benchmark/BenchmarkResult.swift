/// What a benchmark of a model found. Encoded, the keys are those that scripts expect of `--json`.
package struct BenchmarkResult: Codable, Hashable, Sendable {
  /// The path of the file.
  package let model: String
  package let threadCount: Int
  package let runCount: Int
  package let warmupRunCount: Int

  /// Reading, verifying and checking the file.
  package let loadMicroseconds: Double
  /// Planning, packing weights and taking memory.
  package let allocateMicroseconds: Double
  package let firstInvokeMicroseconds: Double
  package let minimumMicroseconds: Double
  package let medianMicroseconds: Double
  /// Nine in ten invokes took at most this.
  package let percentile90Microseconds: Double

  /// Bytes that tensors share, constants excluded.
  package let arenaByteCount: Int
  /// The most memory that the process held before operators were timed; nil where the system
  /// doesn't tell.
  package let peakMemoryByteCount: Int?
  /// Nil where operators weren't timed.
  package let operators: [OperatorRow]?

  private enum CodingKeys: String, CodingKey {
    case model
    case threadCount = "num_threads"
    case runCount = "num_runs"
    case warmupRunCount = "warmup_runs"
    case loadMicroseconds = "load_us"
    case allocateMicroseconds = "allocate_us"
    case firstInvokeMicroseconds = "first_invoke_us"
    case minimumMicroseconds = "min_us"
    case medianMicroseconds = "median_us"
    case percentile90Microseconds = "p90_us"
    case arenaByteCount = "arena_bytes"
    case peakMemoryByteCount = "peak_rss_bytes"
    case operators
  }

  init(
    model: String, options: ModelBenchmark.Options, load: Duration, allocation: Duration,
    firstInvoke: Duration, latencies: LatencySummary, arenaByteCount: Int,
    peakMemoryByteCount: Int?, operators: [OperatorRow]?
  ) {
    self.model = model
    threadCount = options.threadCount
    runCount = options.runCount
    warmupRunCount = options.warmupRunCount
    loadMicroseconds = load.microseconds
    allocateMicroseconds = allocation.microseconds
    firstInvokeMicroseconds = firstInvoke.microseconds
    minimumMicroseconds = latencies.minimum.microseconds
    medianMicroseconds = latencies.median.microseconds
    percentile90Microseconds = latencies.percentile90.microseconds
    self.arenaByteCount = arenaByteCount
    self.peakMemoryByteCount = peakMemoryByteCount
    self.operators = operators
  }
}

extension BenchmarkResult {
  /// One operator of the main graph, with its median over the invokes.
  package struct OperatorRow: Codable, Hashable, Sendable {
    /// Position in the graph.
    package let index: Int
    package let name: String
    /// The first tensor that it writes.
    package let output: String?
    package let kernel: String
    package let microseconds: Double
    /// Of the sum over all operators, from 0 to 1.
    package let share: Double
    /// From the stored shapes; nil for operators without weights.
    package let multiplyAccumulates: Int?
    package let gigaMultiplyAccumulatesPerSecond: Double?

    private enum CodingKeys: String, CodingKey {
      case index
      case name = "operator"
      case output
      case kernel
      case microseconds = "time_us"
      case share
      case multiplyAccumulates = "macs"
      case gigaMultiplyAccumulatesPerSecond = "gmac_per_s"
    }
  }
}
