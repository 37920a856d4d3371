import OctetCore
import OctetOperators

/// Replaces ranges that quantized kernels don't leave a choice about: those of outputs that are
/// quantized as the input, and of functions with a fixed output range.
///
/// Runs when all ranges are known, so that each is replaced once, in execution order.
///
/// - Source: TOCO `ChooseQuantizationForOperatorOutput`.
package struct SettleRanges: Pass {
  /// The pass.
  package init() {}

  package func run(_ graph: inout Graph, _ report: inout PassReport) throws(OctetError) {
    let type = graph.quantizedType
    for node in graph.nodes {
      let range: RecordedRange
      let reason: String
      switch node.quantizationRule {
      case .sameAsInput(let slot):
        guard let input = node.operand(slot), graph.isReal(input) else { continue }
        if let known = graph[input].range {
          range = known
        } else if let data = try graph[input].dataRange() {
          range = data
        } else {
          continue
        }
        reason = "has the quantization of its input"
      case .fixed(let scale, let zeroPoint):
        range = .fixed(scale: scale, zeroPoint: zeroPoint)
        reason = "has a fixed output range"
      default: continue
      }
      for output in graph.realOutputs(of: node) {
        let own = graph[output].range
        guard
          own?.minimums != range.minimums || own?.maximums != range.maximums
            || own?.isNarrow != range.isNarrow
        else { continue }
        graph[output].range = range
        report.changed(graph[output].name, "gets the range \(range.intervalText)")
        if let own, case .fakeQuant = own.origin, !own.quantizesAlike(range, type) {
          report.warn(
            graph[output].name,
            "the recorded range \(own.intervalText) is ignored: \(node.operation.name) \(reason)")
        }
      }
    }
  }
}
