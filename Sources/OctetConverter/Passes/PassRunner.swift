import OctetCore

/// Runs passes in order, checks the graph after each, and collects their reports.
public struct PassRunner: Sendable {
  /// The reports, in the order of the runs; runs that changed, declined and warned of nothing are
  /// left out.
  public private(set) var log: [LogEntry] = []
  /// Called after each pass that changed the graph: its name and the graph, for dumps.
  public var observe: (@Sendable (_ pass: String, _ graph: Graph) -> Void)?
  /// Refusals and warnings already logged: a pass that runs again finds the same ones again.
  private var alreadyTold: Set<LogEntry> = []

  /// One run of a pass.
  public struct LogEntry: Hashable, Sendable {
    /// The name of the pass.
    public var pass: String
    /// What it did, declined and warned of.
    public var report: PassReport
  }

  /// A runner with nothing done yet.
  public init() {}

  /// Runs each pass once, in order.
  public mutating func run(
    _ passes: [any Pass], on graph: inout Graph
  ) throws(OctetError) {
    for pass in passes { _ = try run(pass, on: &graph) }
  }

  /// Runs all passes again and again until none changes the graph.
  ///
  /// - Throws: `.limitExceeded` after `maximumRounds`, naming the passes that still found work:
  ///   two passes undo each other.
  public mutating func runUntilStable(
    _ passes: [any Pass], on graph: inout Graph, maximumRounds: Int = 1000
  ) throws(OctetError) {
    for _ in 0..<maximumRounds {
      var busy: [String] = []
      for pass in passes where try run(pass, on: &graph) { busy.append(type(of: pass).name) }
      if busy.isEmpty { return }
    }
    throw OctetError(
      .limitExceeded(limit: "rounds of passes", value: maximumRounds + 1, maximum: maximumRounds),
      at: passes.map { type(of: $0).name })
  }

  private mutating func run(_ pass: any Pass, on graph: inout Graph) throws(OctetError) -> Bool {
    let name = type(of: pass).name
    var report = PassReport()
    do { try pass.run(&graph, &report) } catch { throw error.within("pass \(name)") }
    report.removeRepetitions { remark in
      !alreadyTold.insert(LogEntry(pass: name, report: remark)).inserted
    }
    if report != PassReport() { log.append(LogEntry(pass: name, report: report)) }
    guard report.hasChanges else { return false }
    graph.checkInvariants(after: name)
    observe?(name, graph)
    return true
  }
}

extension Graph {
  /// Stops at a broken invariant: a pass has a bug, whatever the input was.
  func checkInvariants(after pass: String) {
    var isWritten = [Bool](repeating: false, count: tensors.count)
    for id in inputs { isWritten[id.index] = true }
    for node in nodes {
      for case let input? in node.inputs {
        precondition(
          isWritten[input.index] || self[input].constant != nil,
          "after \(pass), '\(node.name)' reads '\(self[input].name)' before it is written")
      }
      for output in node.outputs {
        precondition(
          !isWritten[output.index], "after \(pass), '\(self[output].name)' is written twice")
        isWritten[output.index] = true
      }
    }
    for output in outputs {
      precondition(
        isWritten[output.index] || self[output].constant != nil,
        "after \(pass), nothing writes the output '\(self[output].name)'")
    }
  }
}
