import OctetConverter
import OctetCore
import Testing

/// Expects that one run of `pass` turns a graph, as text, into another and reports a change.
///
/// - Returns: the report, for more expectations.
@discardableResult
func expect(
  _ pass: any Pass, turns source: String, into expected: String,
  sourceLocation: SourceLocation = #_sourceLocation
) throws -> PassReport {
  var graph = try Graph(text: source)
  var report = PassReport()
  try pass.run(&graph, &report)
  let wanted = try Graph(text: expected).text()
  #expect(graph.text() == wanted, sourceLocation: sourceLocation)
  #expect(report.hasChanges, "nothing was reported", sourceLocation: sourceLocation)
  return report
}

/// Expects that `pass` leaves a graph as it is, and gives `reason` (a part of it) for that; where
/// `reason` is nil, that it has nothing to say.
func expect(
  _ pass: any Pass, leaves source: String, because reason: String? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  var graph = try Graph(text: source)
  let before = graph.text()
  var report = PassReport()
  try pass.run(&graph, &report)
  #expect(graph.text() == before, sourceLocation: sourceLocation)
  #expect(!report.hasChanges, "a change was reported", sourceLocation: sourceLocation)
  let reasons = report.refusals.map(\.text)
  guard let reason else {
    #expect(reasons.isEmpty, sourceLocation: sourceLocation)
    return
  }
  #expect(
    reasons.contains { $0.contains(reason) }, "given: \(reasons)", sourceLocation: sourceLocation)
}
