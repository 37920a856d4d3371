import CommandLineSupport
import Foundation
import OctetTools

/// What `octet benchmark` prints for people.
struct BenchmarkReport {
  /// The sections, with empty lines between them.
  let text: String

  init(_ result: BenchmarkResult) {
    var sections = [Self.title(result), Self.totals(result)]
    if let operators = result.operators {
      sections += [Self.table(of: operators), Self.kinds(of: operators)]
    }
    text = sections.joined(separator: "\n\n")
  }

  private static func title(_ result: BenchmarkResult) -> String {
    "\(result.model): threads \(result.threadCount), runs \(result.runCount), "
      + "warm-up runs \(result.warmupRunCount)"
  }

  private static func totals(_ result: BenchmarkResult) -> String {
    var table = TextTable([("figure", .left), ("value", .right)])
    for (name, microseconds) in [
      ("load", result.loadMicroseconds), ("allocate", result.allocateMicroseconds),
      ("first invoke", result.firstInvokeMicroseconds), ("minimum", result.minimumMicroseconds),
      ("median", result.medianMicroseconds), ("90th percentile", result.percentile90Microseconds),
    ] {
      table.add([name, readable(microseconds)])
    }
    table.add(["arena", readableByteCount(result.arenaByteCount)])
    table.add([
      "peak memory of the process", result.peakMemoryByteCount.map(readableByteCount) ?? "unknown",
    ])
    return table.rendered()
  }

  private static func table(of operators: [BenchmarkResult.OperatorRow]) -> String {
    var table = TextTable([
      ("", .right), ("operator", .left), ("time", .right), ("share", .right),
      ("million MAC", .right), ("GMAC/s", .right), ("kernel", .left), ("output", .left),
    ])
    for row in operators {
      table.add([
        "\(row.index)", row.name, readable(row.microseconds), percent(row.share),
        row.multiplyAccumulates.map { String(format: "%.3f", Double($0) / 1e6) } ?? "",
        row.gigaMultiplyAccumulatesPerSecond.map { String(format: "%.1f", $0) } ?? "",
        row.kernel, shortened(row.output ?? ""),
      ])
    }
    return table.rendered()
  }

  /// Sums over the operators of each name, the longest time first.
  private static func kinds(of operators: [BenchmarkResult.OperatorRow]) -> String {
    var table = TextTable([
      ("operator", .left), ("count", .right), ("time", .right), ("share", .right),
    ])
    let groups = Dictionary(grouping: operators, by: \.name).map { name, rows in
      (name, rows.count, rows.reduce(0) { $0 + $1.microseconds }, rows.reduce(0) { $0 + $1.share })
    }
    for group in groups.sorted(by: { ($1.2, $0.0) < ($0.2, $1.0) }) {
      table.add([group.0, "\(group.1)", readable(group.2), percent(group.3)])
    }
    return table.rendered()
  }

  /// Converters join the names of all that they fused, which is too much for a line.
  private static func shortened(_ name: String) -> String {
    name.count <= 48 ? name : name.prefix(47) + "…"
  }

  private static func readable(_ microseconds: Double) -> String {
    microseconds < 1000
      ? String(format: "%.1f us", microseconds) : String(format: "%.3f ms", microseconds / 1e3)
  }

  private static func percent(_ share: Double) -> String {
    String(format: "%.1f %%", share * 100)
  }
}
