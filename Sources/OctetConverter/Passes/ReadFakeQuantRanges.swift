import OctetCore
import OctetOperators

/// Records the ranges of FakeQuant nodes on the tensors that they read and write.
///
/// A range that a tensor already has wins: statistics of inputs, and of two FakeQuant nodes on one
/// tensor the first. The nodes stay, for they keep apart what must not be fused.
///
/// - Throws: `.invalidQuantization` for bounds that are not finite.
/// - Source: TOCO `ReadArrayMinmaxAndNarrowRangeFromFakeQuant`.
package struct ReadFakeQuantRanges: Pass {
  /// The pass.
  package init() {}

  package func run(_ graph: inout Graph, _ report: inout PassReport) throws(OctetError) {
    var errors: [OctetError] = []
    for node in graph.nodes {
      guard let options = node.options(of: FakeQuant.self), let input = node.inputs[0] else {
        continue
      }
      let range: RecordedRange
      do { range = try RecordedRange(fakeQuant: options, node: node.name) } catch {
        errors.append(error)
        continue
      }
      if graph[input].constant == nil {
        record(range, of: node, on: input, in: &graph, &report)
        describe(options, node, &report)
      }
      record(range, of: node, on: node.outputs[0], in: &graph, &report)
    }
    if !errors.isEmpty { throw OctetError.combined(errors) }
  }

  private func record(
    _ range: RecordedRange, of node: Node, on id: TensorID, in graph: inout Graph,
    _ report: inout PassReport
  ) {
    guard let existing = graph[id].range else {
      graph[id].range = range
      report.changed(graph[id].name, "has the range \(range.intervalText) of '\(node.name)'")
      return
    }
    guard existing.origin != range.origin,
      existing.minimum != range.minimum
        || existing.maximum != range.maximum
    else { return }
    switch existing.origin {
    case .fakeQuant(let other) where id == node.inputs[0]:
      report.warn(
        node.name,
        "its range \(range.intervalText) is ignored: '\(graph[id].name)' has "
          + "\(existing.intervalText) of '\(other)'")
    case .inputStatistics:
      report.warn(
        node.name,
        "its range \(range.intervalText) is ignored: mean and std give input "
          + "'\(graph[id].name)' \(existing.intervalText)")
    default: break
    }
  }

  private func describe(_ options: FakeQuant.Options, _ node: Node, _ report: inout PassReport) {
    if options.minimum > 0 || options.maximum < 0 {
      report.warn(
        node.name,
        "its range [\(options.minimum), \(options.maximum)] doesn't include 0, and is widened")
    }
    if options.bitCount != 8 {
      report.warn(
        node.name, "it simulates \(options.bitCount) bits; activations are quantized to 8 bits")
    }
  }
}

extension RecordedRange {
  /// The range of a FakeQuant node, with 0.
  ///
  /// - Throws: `.invalidQuantization` for bounds that are not finite.
  init(fakeQuant options: FakeQuant.Options, node: String) throws(OctetError) {
    guard options.minimum.isFinite, options.maximum.isFinite else {
      throw OctetError(
        .invalidQuantization(
          reason: "the range [\(options.minimum), \(options.maximum)] is not finite"),
        at: ["FakeQuant '\(node)'"], remedy: "train or calibrate the graph until its ranges settle")
    }
    self =
      RecordedRange(
        minimum: Double(options.minimum), maximum: Double(options.maximum),
        isNarrow: options.isNarrowRange, origin: .fakeQuant(node: node)
      ).includingZero
  }
}
