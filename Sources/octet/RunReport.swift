import CommandLineSupport
import Foundation
import OctetCore
import OctetRuntime
import OctetTools

/// What `octet run` prints.
struct RunReport: Encodable {
  private var outputs: [Output]
  private var runs: Int
  private var timing: Timing
  private var arenaBytes: Int

  private struct Output: Encodable {
    var name: String
    var type: String
    var shape: [Int]
    var file: String?
    var classes: [Class]?
  }

  private struct Class: Encodable {
    var index: Int
    var score: Float
    var label: String?
  }

  private struct Timing: Encodable {
    var loadMilliseconds: Double
    var allocateMilliseconds: Double
    var firstInvokeMilliseconds: Double
    var medianInvokeMilliseconds: Double
    var minimumInvokeMilliseconds: Double
  }

  init(
    _ result: ModelRun.Result, files: [String], loading: Duration, labels: [String], topCount: Int
  ) {
    outputs = result.outputs.enumerated().map { index, tensor in
      let ranking =
        result.isSequence ? nil : ClassRanking(tensor, count: topCount, labels: labels)
      return Output(
        name: tensor.name, type: tensor.dataType.description, shape: tensor.shape.dimensions,
        file: files.indices.contains(index) ? files[index] : nil,
        classes: ranking?.entries.map { Class(index: $0.index, score: $0.score, label: $0.label) })
    }
    runs = result.latencies.count
    let latencies = LatencySummary(result.latencies)
    timing = Timing(
      loadMilliseconds: loading.milliseconds,
      allocateMilliseconds: result.allocation.milliseconds,
      firstInvokeMilliseconds: result.latencies.first?.milliseconds ?? 0,
      medianInvokeMilliseconds: latencies.median.milliseconds,
      minimumInvokeMilliseconds: latencies.minimum.milliseconds)
    arenaBytes = result.arenaByteCount
  }

  /// For people.
  var text: String {
    var lines: [String] = []
    for (index, output) in outputs.enumerated() {
      let target = output.file.map { " -> \($0)" } ?? ""
      lines.append("output \(index) '\(output.name)' \(output.type) \(output.shape)\(target)")
      guard let classes = output.classes else { continue }
      var table = TextTable([("score", .right), ("class", .right), ("label", .left)])
      for entry in classes {
        table.add([
          String(format: "%.4f", entry.score), "\(entry.index)", entry.label ?? "",
        ])
      }
      lines.append(table.rendered())
    }
    let times = [
      ("load", timing.loadMilliseconds), ("allocate", timing.allocateMilliseconds),
      ("first run", timing.firstInvokeMilliseconds),
    ]
    var summary = times.map { "\($0.0) \(String(format: "%.2f", $0.1)) ms" }
    if runs > 1 {
      summary.append(String(format: "median %.2f ms", timing.medianInvokeMilliseconds))
      summary.append(String(format: "fastest %.2f ms", timing.minimumInvokeMilliseconds))
      summary.append("\(runs) runs")
    }
    summary.append("arena \(readableByteCount(arenaBytes))")
    lines.append(summary.joined(separator: ", "))
    return lines.joined(separator: "\n")
  }
}
