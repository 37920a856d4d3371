import OctetFormat
import OctetRuntime

/// Collects the times of operators over many invokes.
struct OperatorProfile {
  private let multiplyAccumulates: [Int?]
  private var entries: [Int: (timing: OperatorTiming, durations: [Duration])] = [:]

  /// An empty profile of a model's main graph.
  init(of model: Model) {
    guard let graph = model.subgraphs.first else {
      multiplyAccumulates = []
      return
    }
    multiplyAccumulates = graph.operators.map { step in
      guard model.operatorCodes.indices.contains(step.code) else { return nil }
      return OctetTools.multiplyAccumulates(
        of: step, model.operatorCodes[step.code].builtin, graph)
    }
  }

  mutating func add(_ timing: OperatorTiming) {
    entries[timing.operatorIndex, default: (timing, [])].durations.append(timing.duration)
  }

  /// One row for each operator that ran, in the order of execution.
  var rows: [BenchmarkResult.OperatorRow] {
    let sorted = entries.sorted { $0.key < $1.key }.map { index, entry in
      (index, entry.timing, LatencySummary(entry.durations).median.microseconds)
    }
    let total = sorted.reduce(0) { $0 + $1.2 }
    return sorted.map { index, timing, microseconds in
      let macs = multiplyAccumulates.indices.contains(index) ? multiplyAccumulates[index] : nil
      return BenchmarkResult.OperatorRow(
        index: index, name: timing.operatorName, output: timing.outputName,
        kernel: timing.kernelName, microseconds: microseconds,
        share: total > 0 ? microseconds / total : 0, multiplyAccumulates: macs,
        gigaMultiplyAccumulatesPerSecond: macs.flatMap { count in
          microseconds > 0 ? Double(count) / microseconds / 1e3 : nil
        })
    }
  }
}
