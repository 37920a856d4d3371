import OctetCore
import OctetOperators

/// Gives ranges to outputs of functions whose values are bounded, or follow from their inputs',
/// where training recorded none: clamps like relu6 and monotone functions like leaky relu.
///
/// TOCO refuses such graphs.
package struct DeriveRanges: Pass {
  /// The pass.
  package init() {}

  package func run(_ graph: inout Graph, _ report: inout PassReport) {
    for node in graph.nodes {
      guard let output = node.outputs.first, graph.isReal(output), graph[output].range == nil,
        let interval = interval(of: node, in: graph)
      else { continue }
      let range = RecordedRange(
        minimum: min(interval.minimum, 0), maximum: max(interval.maximum, 0), origin: .operation)
      guard (try? range.parameters(.uint8)) != nil else { continue }
      graph[output].range = range
      report.changed(graph[output].name, "gets the range \(range.intervalText)")
      report.warn(
        graph[output].name,
        "training recorded no range: \(range.intervalText) follows from \(node.operation.name)")
    }
  }

  private func interval(of node: Node, in graph: Graph) -> RealInterval? {
    if let bounds = node.operation.fusedActivation.boundedInterval { return bounds }
    guard case .known(let operation) = node.operation else { return nil }
    return operation.outputInterval(
      node.inputs.map { input in
        input.flatMap { graph[$0].range }.map { RealInterval($0.minimum, $0.maximum) }
      })
  }
}
