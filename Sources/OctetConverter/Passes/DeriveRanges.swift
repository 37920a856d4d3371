import OctetCore
import OctetFormat
import OctetOperators

/// Gives ranges to tensors whose values are bounded, or matter within bounds only, where training
/// recorded none:
///
/// - outputs of clamps like relu6 and of monotone functions like leaky relu,
/// - sums and products of what functions bound, as in the gates of a recurrent cell, and of
///   anything with a constant,
/// - tensors that only logistic and tanh read, which are constant beyond ±8 at 8 bits.
///
/// TOCO refuses such graphs.
package struct DeriveRanges: Pass {
  /// The pass.
  package init() {}

  package func run(_ graph: inout Graph, _ report: inout PassReport) {
    let uses = graph.uses()
    for node in graph.nodes where !node.computesInFloat {
      guard let output = node.outputs.first, graph.isReal(output), graph[output].range == nil
      else { continue }
      if let interval = interval(of: node, in: graph) {
        record(interval, "follows from \(node.operation.name)", output, in: &graph, &report)
      } else if isReadByGatesOnly(output, in: graph, uses) {
        record(
          RealInterval(-8, 8), "is all that logistic and tanh, which read it, distinguish", output,
          in: &graph, &report)
      }
    }
  }

  private func record(
    _ interval: RealInterval, _ reason: String, _ id: TensorID, in graph: inout Graph,
    _ report: inout PassReport
  ) {
    let range = RecordedRange(
      minimum: min(interval.minimum, 0), maximum: max(interval.maximum, 0), origin: .operation)
    guard (try? range.parameters(.uint8)) != nil else { return }
    graph[id].range = range
    report.changed(graph[id].name, "gets the range \(range.intervalText)")
    report.warn(
      graph[id].name, "training recorded no range: \(range.intervalText) \(reason)")
  }

  private func interval(of node: Node, in graph: Graph) -> RealInterval? {
    if let bounds = node.operation.fusedActivation.boundedInterval { return bounds }
    if let builtin = node.builtin, Node.arithmeticOperators.contains(builtin) {
      return boundedResult(of: node, builtin, in: graph)
    }
    guard case .known(let operation) = node.operation else { return nil }
    return operation.outputInterval(
      node.inputs.map { input in
        input.flatMap { graph[$0].range }.map { RealInterval($0.minimum, $0.maximum) }
      })
  }

  /// Results with constants and of values that a function bounds; of trained ranges alone the
  /// interval would be too wide to be useful.
  private func boundedResult(
    of node: Node, _ builtin: BuiltinOperator, in graph: Graph
  ) -> RealInterval? {
    guard node.inputs.count == 2, node.operation.fusedActivation == .none else { return nil }
    let hasConstant = node.inputs.contains { $0.map { graph[$0].constant != nil } ?? false }
    var operands: [RealInterval] = []
    for case let input? in node.inputs {
      let isConstant = graph[input].constant != nil
      guard let range = isConstant ? (try? graph[input].dataRange()) : graph[input].range,
        hasConstant || range.origin == .operation
      else { return nil }
      operands.append(RealInterval(range.minimum, range.maximum))
    }
    guard operands.count == 2 else { return nil }
    let (left, right) = (operands[0], operands[1])
    switch builtin {
    case .add: return RealInterval(left.minimum + right.minimum, left.maximum + right.maximum)
    case .sub: return RealInterval(left.minimum - right.maximum, left.maximum - right.minimum)
    case .mul:
      let corners = [
        left.minimum * right.minimum, left.minimum * right.maximum,
        left.maximum * right.minimum, left.maximum * right.maximum,
      ]
      return RealInterval(corners.min() ?? 0, corners.max() ?? 0)
    default: return quotient(left, by: node.inputs[1], in: graph)
    }
  }

  /// Quotients by a constant that keeps its sign.
  private func quotient(
    _ dividend: RealInterval, by divisor: TensorID?, in graph: Graph
  ) -> RealInterval? {
    guard let divisor, graph[divisor].type == .float32, let data = graph[divisor].constant else {
      return nil
    }
    let values = data.values(as: Float.self).map(Double.init)
    guard let lowest = values.min(), let highest = values.max(), lowest > 0 || highest < 0 else {
      return nil
    }
    let corners = [
      dividend.minimum / lowest, dividend.minimum / highest, dividend.maximum / lowest,
      dividend.maximum / highest,
    ]
    return RealInterval(corners.min() ?? 0, corners.max() ?? 0)
  }

  /// Whether all that happens to a tensor's values is logistic or tanh, perhaps after being split.
  private func isReadByGatesOnly(_ id: TensorID, in graph: Graph, _ uses: GraphUses) -> Bool {
    let readers = uses.consumers(of: id)
    guard !readers.isEmpty, !uses.isOutput(id) else { return false }
    return readers.allSatisfy { index in
      let node = graph.nodes[index]
      if node.builtin == .logistic || node.builtin == .tanh { return true }
      guard case .sameAsInput(let slot) = node.quantizationRule, node.operand(slot) == id else {
        return false
      }
      return node.outputs.allSatisfy { isReadByGatesOnly($0, in: graph, uses) }
    }
  }
}
