import OctetCore
import OctetOperators

/// Gives each constant one role, by copying those with several, and a range of its own data where
/// training recorded none.
///
/// A constant that is the bias of two layers, or a bias here and an addend there, has to be
/// quantized in two ways.
///
/// - Throws: `.invalidQuantization` for data that is not finite.
/// - Source: TOCO `GetOrComputeMinMax`.
package struct PrepareConstants: Pass {
  /// What decides how a constant is quantized.
  private enum Role: Hashable {
    case ownRange
    case bias(input: TensorID?, weights: TensorID?)
    case float
  }

  /// The pass.
  package init() {}

  package func run(_ graph: inout Graph, _ report: inout PassReport) throws(OctetError) {
    var roles: [TensorID: Role] = [:]
    var copies: [TensorID: [Role: TensorID]] = [:]
    var errors: [OctetError] = []
    for index in graph.nodes.indices {
      let node = graph.nodes[index]
      for (slot, input) in node.inputs.enumerated() {
        guard let input, graph[input].constant != nil, graph.isReal(input) else { continue }
        let role = Self.role(of: slot, in: node)
        if let known = roles[input], known != role {
          if let copy = copies[input]?[role] {
            graph.nodes[index].inputs[slot] = copy
            continue
          }
          let copy = graph.add(graph[input])
          copies[input, default: [:]][role] = copy
          graph.nodes[index].inputs[slot] = copy
          report.changed(graph[input].name, "copied: '\(node.name)' uses it in another way")
          roles[copy] = role
        } else {
          roles[input] = role
        }
        guard role == .ownRange, let id = graph.nodes[index].inputs[slot], graph[id].range == nil
        else { continue }
        do { try measure(id, in: &graph, &report) } catch { errors.append(error) }
      }
    }
    if !errors.isEmpty { throw OctetError.combined(errors) }
  }

  private static func role(of slot: Int, in node: Node) -> Role {
    if node.staysFloat { return .float }
    guard let sum = node.weightedSum, slot == sum.bias else { return .ownRange }
    return .bias(input: node.operand(sum.input), weights: node.operand(sum.weights))
  }

  private func measure(
    _ id: TensorID, in graph: inout Graph, _ report: inout PassReport
  ) throws(OctetError) {
    guard let range = try graph[id].dataRange() else { return }
    graph[id].range = range
    report.changed(graph[id].name, "gets the range \(range.intervalText) of its data")
    let bounds = (Float(range.minimum), Float(range.maximum))
    let isExact =
      graph[id].constant?.withUnsafeBytes { raw in
        raw.assumingMemoryBound(to: Float.self).allSatisfy { $0 == bounds.0 || $0 == bounds.1 }
      } ?? true
    guard !isExact else { return }
    report.warn(
      graph[id].name,
      "training recorded no range: that of its data, \(range.intervalText), is used")
  }
}
