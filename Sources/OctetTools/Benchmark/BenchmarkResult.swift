/// What a benchmark of a model found. Encoded, the keys are those that scripts expect of `--json`.
public struct BenchmarkResult: Codable, Hashable, Sendable {
  /// The path of the file.
  public let model: String
  public let threadCount: Int
  public let runCount: Int
  public let warmupRunCount: Int

  /// Reading, verifying and checking the file.
  public let loadMicroseconds: Double
  /// Planning, packing weights and taking memory.
  public let allocateMicroseconds: Double
  public let firstInvokeMicroseconds: Double
  public let minimumMicroseconds: Double
  public let medianMicroseconds: Double
  /// Nine in ten invokes took at most this.
  public let percentile90Microseconds: Double

  /// Bytes that tensors share, constants excluded.
  public let arenaByteCount: Int
  /// The most memory that the process held before operators were timed; nil where the system
  /// doesn't tell.
  public let peakMemoryByteCount: Int?
  /// Nil where operators weren't timed.
  public let operators: [OperatorRow]?

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
  public struct OperatorRow: Codable, Hashable, Sendable {
    /// Position in the graph.
    public let index: Int
    public let name: String
    /// The first tensor that it writes.
    public let output: String?
    public let kernel: String
    public let microseconds: Double
    /// Of the sum over all operators, from 0 to 1.
    public let share: Double
    /// From the stored shapes; nil for operators without weights.
    public let multiplyAccumulates: Int?
    public let gigaMultiplyAccumulatesPerSecond: Double?

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
