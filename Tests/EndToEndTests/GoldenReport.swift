import Testing

/// Counts what a golden test found, and says at the end what it left out and why.
struct GoldenReport {
  private let title: String
  private var equal = 0
  private var failures = 0
  private var skipped: [(name: String, reason: String)] = []

  init(_ title: String) {
    self.title = title
  }

  /// What became of one case.
  enum Outcome {
    case equal
    case different([String])
    case skipped(String)
  }

  /// Runs one case; an error fails it.
  mutating func run(_ name: String, _ body: () throws -> Outcome) {
    do {
      switch try body() {
      case .equal: equal += 1
      case .different(let reasons):
        failures += 1
        for reason in reasons { Issue.record("\(name): \(reason)") }
      case .skipped(let reason): skipped.append((name, reason))
      }
    } catch {
      failures += 1
      Issue.record("\(name): \(error)")
    }
  }

  /// Prints the counts, and the skipped cases grouped by reason.
  func summarize() {
    var lines = [
      "golden \(title): \(equal) equal, \(failures) different, \(skipped.count) skipped"
    ]
    let groups = Dictionary(grouping: skipped, by: \.reason).sorted { $0.key < $1.key }
    for (reason, cases) in groups {
      lines.append("  skipped, \(reason): \(cases.map(\.name).joined(separator: " "))")
    }
    print(lines.joined(separator: "\n"))
  }
}
