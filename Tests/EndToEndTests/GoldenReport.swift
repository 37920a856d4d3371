import OctetCore
import Testing

/// What golden tests may refuse as not supported; everything else must run.
///
/// An operator that becomes supported is taken off the list: a test asks for it.
enum KnownRefusals {
  /// Operators that TFLite registers and this package doesn't, by their names.
  static let operators: Set<String> = []

  /// Cases that are refused for another reason than an operator's absence.
  static let cases: Set<String> = []
}

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

  /// Runs one case; known refusals skip it, all other errors fail.
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
      if KnownRefusals.cases.contains(name) || error.isKnownRefusal,
        let reason = error.unsupportedReason
      {
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

  /// Whether all that is wrong are operators that are known to be missing.
  fileprivate var isKnownRefusal: Bool {
    switch code {
    case .several(let errors): errors.allSatisfy(\.isKnownRefusal)
    case .unsupportedOperator(let name): KnownRefusals.operators.contains(name)
    default: false
    }
  }
}
