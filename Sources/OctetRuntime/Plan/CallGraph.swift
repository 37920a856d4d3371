import OctetCore
import OctetOperators

/// Which graphs the operators of each graph run.
///
/// A graph has its memory once. It must therefore not run again, directly or through others, before
/// it has ended; nor while an operator still needs what it gave.
struct CallGraph {
  private let planners: [Int: SubgraphPlanner]
  private let callees: [Int: Set<Int>]

  init(_ planners: [Int: SubgraphPlanner]) {
    self.planners = planners
    callees = planners.mapValues { Set($0.calls.joined().map(\.graph)) }
  }

  /// - Throws: `.malformedModel` where a graph would run again too early.
  func check() throws(OctetError) {
    try checkCycles()
    var reachable: [Int: Set<Int>] = [:]
    for (graph, planner) in planners.sorted(by: { $0.key < $1.key }) {
      for (index, calls) in planner.calls.enumerated() where calls.contains(where: \.keepsResults) {
        for (position, kept) in calls.enumerated() where kept.keepsResults {
          for (other, call) in calls.enumerated() where other != position {
            let reached = reachable[call.graph] ?? descendants(of: call.graph)
            reachable[call.graph] = reached
            guard call.graph != kept.graph, !reached.contains(kept.graph) else {
              throw OctetError(
                .malformedModel(
                  reason: "subgraph \(call.graph) runs subgraph \(kept.graph), whose results are "
                    + "still needed"),
                at: ["subgraph \(graph)", planner.graph.operators[index].place])
            }
          }
        }
      }
    }
  }

  /// Takes away graphs that run no others, again and again; what is left runs in a cycle.
  private func checkCycles() throws(OctetError) {
    var callers: [Int: [Int]] = [:]
    var pendingCount: [Int: Int] = [:]
    for (graph, called) in callees {
      pendingCount[graph] = called.count
      for callee in called { callers[callee, default: []].append(graph) }
    }
    var settled = callees.keys.filter { pendingCount[$0] == 0 }
    var settledCount = 0
    while let graph = settled.popLast() {
      settledCount += 1
      for caller in callers[graph] ?? [] {
        pendingCount[caller, default: 0] -= 1
        if pendingCount[caller] == 0 { settled.append(caller) }
      }
    }
    guard settledCount == callees.count else {
      throw OctetError(.malformedModel(reason: "operators run subgraphs in a cycle"))
    }
  }

  /// The graphs that a graph runs, directly or through others.
  private func descendants(of graph: Int) -> Set<Int> {
    var found: Set<Int> = []
    var pending = [graph]
    while let graph = pending.popLast() {
      for callee in callees[graph] ?? [] where found.insert(callee).inserted {
        pending.append(callee)
      }
    }
    return found
  }
}
