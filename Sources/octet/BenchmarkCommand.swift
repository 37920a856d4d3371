import ArgumentParser
import CommandLineSupport
import OctetRuntime
import OctetTools

/// `octet benchmark`: how fast a model runs.
struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark",
    abstract: "Measures how long a model takes and how much memory.",
    discussion: """
      Inputs are pseudo-random, the same in every run. Build with -c release for figures that mean \
      anything.

      EXAMPLES
        octet benchmark mobilenet.tflite --num_threads 2
        octet benchmark mobilenet.tflite --num_runs 200 --enable_op_profiling
        octet benchmark mobilenet.tflite --json
      """)

  @Argument(help: "The .tflite file.")
  var model: String

  @Option(name: .customLong("num_threads"), help: "Threads that kernels may use.")
  var threadCount: Int = 1

  @Option(name: .customLong("num_runs"), help: "Invokes that are timed.")
  var runCount: Int = 50

  @Option(
    name: .customLong("warmup_runs"), help: "Invokes between the first and the timed ones.")
  var warmupRunCount: Int = 1

  @Flag(
    name: .customLong("enable_op_profiling"),
    help: "Time each operator, in as many invokes again.")
  var profilesOperators = false

  @Flag(name: .customLong("json"), help: "Print the results as JSON.")
  var isJSON = false

  func validate() throws {
    let threadCounts = 1...Interpreter.Options.maximumThreadCount
    if !threadCounts.contains(threadCount) {
      throw ValidationError(
        "--num_threads must be \(threadCounts.lowerBound) to \(threadCounts.upperBound)")
    }
    if runCount < 1 { throw ValidationError("--num_runs must be at least 1") }
    if warmupRunCount < 0 { throw ValidationError("--warmup_runs can't be negative") }
  }

  func run() throws {
    try Octet.diagnostics.run {
      let benchmark = try ModelBenchmark(
        modelPath: model,
        options: .init(
          threadCount: threadCount, runCount: runCount, warmupRunCount: warmupRunCount,
          profilesOperators: profilesOperators))
      let progress = ProgressLine()
      defer { progress.finish() }
      let result = try benchmark.run { done, total in progress.update(done, total) }
      progress.finish()
      if isJSON {
        try printJSON(result)
      } else {
        print(BenchmarkReport(result).text)
      }
    }
  }
}
