import OctetCore
import OctetOperators

/// Refuses a graph in which a real value that must be quantized has no range, or one without scale;
/// warns of ranges that leave an output one value only.
///
/// - Throws: `.missingRange` and `.invalidQuantization`, for all offenders at once.
/// - Source: TOCO `CheckIsReadyForQuantization`, which stops at the first.
package struct CheckRanges: Pass {
  /// The pass.
  package init() {}

  package func run(_ graph: inout Graph, _ report: inout PassReport) throws(OctetError) {
    let uses = graph.uses()
    let type = graph.quantizedType
    var errors: [OctetError] = []
    var checked: Set<TensorID> = []
    for node in graph.nodes {
      let inputs = node.staysFloat ? [] : graph.realOperands(of: node)
      let outputs = node.hasFloatOutputs ? [] : graph.realOutputs(of: node)
      for id in inputs + outputs where checked.insert(id).inserted {
        if let range = graph[id].range {
          do { _ = try range.channelParameters(type) } catch {
            errors.append(explain(error, range, graph[id]))
          }
        } else if graph[id].constant == nil {
          errors.append(missing(id, in: graph, uses))
        }
      }
    }
    if !errors.isEmpty { throw OctetError.combined(errors) }
    for node in graph.nodes { warnOfConstantOutput(node, in: graph, type, &report) }
  }

  /// An activation may leave just one of the values that its tensor can have.
  private func warnOfConstantOutput(
    _ node: Node, in graph: Graph, _ type: ElementType, _ report: inout PassReport
  ) {
    guard let output = node.outputs.first, let range = graph[output].range,
      let clamp = (node.activation ?? node.operation.fusedActivation).clampedInterval,
      let interval = (try? range.parameters(type))?.representableInterval(of: type),
      min(interval.maximum, clamp.maximum) <= max(interval.minimum, clamp.minimum)
    else { return }
    report.warn(
      graph[output].name,
      "its range is \(range.intervalText), of which \(node.operation.name)'s activation leaves one "
        + "value: the output is constant")
  }

  private func missing(_ id: TensorID, in graph: Graph, _ uses: GraphUses) -> OctetError {
    let producer = uses.producer(of: id).map { graph.nodes[$0].label }
    let consumer = uses.consumers(of: id).first.map { graph.nodes[$0].label }
    let remedy =
      graph.inputs.contains(id)
      ? "give the input's --mean and --std, or train with a FakeQuant node behind it"
      : "train with a FakeQuant node behind it, cut the graph at a later input, or assume a range "
        + "with --default_ranges_min and --default_ranges_max to try out speed and size"
    return OctetError(
      .missingRange(array: graph[id].name, producer: producer, consumer: consumer), remedy: remedy)
  }

  private func explain(
    _ error: OctetError, _ range: RecordedRange, _ tensor: GraphTensor
  ) -> OctetError {
    var error = error.within("array '\(tensor.name)'")
    if case .fakeQuant(let node) = range.origin {
      error = error.within("FakeQuant '\(node)'")
      error.remedy = "train on until the node has seen data, or correct its bounds"
    }
    return error
  }
}
