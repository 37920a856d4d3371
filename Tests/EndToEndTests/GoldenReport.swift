import OctetCore
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

  /// Runs one case; errors that say that something isn't supported skip it, all others fail.
  mutating func run(_ name: String, _ body: () throws -> Outcome) {
    do {
      switch try body() {
      case .equal: equal += 1
      case .different(let reasons):
        failures += 1
        for reason in reasons { Issue.record("\(name): \(reason)") }
      case .skipped(let reason): skipped.append((name, reason))
      }
    } catch let error as OctetError {
      if let reason = error.unsupportedReason {
        skipped.append((name, reason))
      } else {
        failures += 1
        Issue.record("\(name): \(error)")
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

extension OctetError {
  /// What isn't supported; nil where any part of the error is of another kind.
  fileprivate var unsupportedReason: String? {
    switch code {
    case .several(let errors):
      var reasons: Set<String> = []
      for error in errors {
        guard let reason = error.unsupportedReason else { return nil }
        reasons.insert(reason)
      }
      return reasons.sorted().joined(separator: "; ")
    case .unsupportedOperator, .unsupportedVersion, .unsupportedTypes, .unsupported:
      return code.description
    default: return nil
    }
  }
}
