import OctetCore
import OctetOperators

/// Assumes a range for activations that training recorded none for; never accurate.
///
/// - Source: TOCO `PropagateDefaultMinMax`.
package struct ApplyDefaultRanges: Pass {
  /// At most 0.
  package var minimum: Double
  /// At least 0.
  package var maximum: Double

  /// The pass with the range to assume.
  package init(minimum: Double, maximum: Double) {
    self.minimum = minimum
    self.maximum = maximum
  }

  /// - Throws: `.invalidArgument` for a range that is empty or not finite.
  package func run(_ graph: inout Graph, _ report: inout PassReport) throws(OctetError) {
    let range = RecordedRange(minimum: minimum, maximum: maximum, origin: .userDefault)
      .includingZero
    do { _ = try range.parameters(.uint8) } catch {
      throw OctetError(
        .invalidArgument(
          name: "--default_ranges_min, --default_ranges_max",
          reason: "[\(minimum), \(maximum)] is no range"))
    }
    var assumed = 0
    for node in graph.nodes {
      let outputs = node.quantizationRule == .floatOutputs ? [] : graph.realOutputs(of: node)
      for id in graph.realOperands(of: node) + outputs
      where graph[id].range == nil && graph[id].constant == nil {
        graph[id].range = range
        assumed += 1
        report.changed(graph[id].name, "is assumed to range over \(range.intervalText)")
      }
    }
    if assumed > 0 {
      report.warn(
        "default ranges",
        "\(assumed) arrays are assumed to range over \(range.intervalText): the model is for trials "
          + "of speed and size, not for its results")
    }
  }
}
