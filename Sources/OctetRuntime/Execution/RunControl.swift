import OctetCore

/// What can end a run before its last operator.
final class RunControl {
  private let maximumGraphRuns: Int
  private var remainingGraphRuns = 0
  private var cancellation: Cancellation?
  private var deadline: ContinuousClock.Instant?
  private var timeout = Duration.zero
  private var isWatched = false

  init(_ limits: Limits) {
    maximumGraphRuns = limits.graphRunCount
  }

  /// Begins a run, or the planning of one.
  func begin(timeout: Duration? = nil, cancellation: Cancellation? = nil) {
    remainingGraphRuns = maximumGraphRuns
    self.cancellation = cancellation
    deadline = timeout.map { ContinuousClock.now + $0 }
    self.timeout = timeout ?? .zero
    isWatched = cancellation != nil || timeout != nil
  }

  /// Ends the run where the caller wants so; called before each operator.
  ///
  /// - Throws: `.cancelled`, `.timedOut`.
  @inline(__always)
  func check() throws(OctetError) {
    if isWatched { try checkCaller() }
  }

  private func checkCaller() throws(OctetError) {
    if cancellation?.isCancelled == true { throw OctetError(.cancelled) }
    if let deadline, ContinuousClock.now >= deadline {
      throw OctetError(.timedOut(limit: timeout))
    }
  }

  /// Counts one run, or one planning, of a graph that an operator runs.
  ///
  /// - Throws: `.limitExceeded`, and as `check()`.
  func countGraphRun() throws(OctetError) {
    try check()
    guard remainingGraphRuns > 0 else {
      throw OctetError(
        .limitExceeded(
          limit: "runs of subgraphs", value: maximumGraphRuns + 1, maximum: maximumGraphRuns),
        remedy: "raise limits.graphRunCount where the model's loops are that long")
    }
    remainingGraphRuns -= 1
  }
}
