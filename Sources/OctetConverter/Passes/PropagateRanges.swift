import OctetCore
import OctetOperators

/// Gives ranges to tensors whose values follow from those of tensors with a range.
///
/// Forwards through operators that copy, pool or select; backwards through those that copy, where
/// only their output has a range (not through PRELU, whose output has but a part of its input's
/// negative range); from functions whose outputs have a fixed range. What a tensor
/// has already stays, except for concatenations where the user wants one range for all.
///
/// - Source: TOCO `HardcodeMinMax`; the backward direction is known to it for relu and reshape only.
package struct PropagateRanges: Pass {
  /// Whether concatenations get one range for all inputs and the output.
  package var changesConcatInputRanges: Bool

  /// The pass.
  package init(changesConcatInputRanges: Bool = false) {
    self.changesConcatInputRanges = changesConcatInputRanges
  }

  package func run(_ graph: inout Graph, _ report: inout PassReport) {
    var sweep = Sweep(graph: graph, changesConcatInputRanges: changesConcatInputRanges)
    // Ranges are only added or widened to unions of those there are: the loop ends.
    while sweep.run(graph.nodes.indices) || sweep.run(graph.nodes.indices.reversed()) {}
    for index in sweep.changes {
      let tensor = sweep.graph[index]
      guard let range = tensor.range else { continue }
      report.changed(tensor.name, "gets the range \(range.intervalText)")
      if let node = sweep.widened[index] {
        report.warn(
          tensor.name, "its range becomes \(range.intervalText), to be one with '\(node)'")
      }
    }
    graph = sweep.graph
  }
}

/// The state of the propagation.
private struct Sweep {
  var graph: Graph
  let changesConcatInputRanges: Bool
  /// Tensors that got a range, in order.
  private(set) var changes: [TensorID] = []
  /// Tensors whose range was replaced, with the concatenation that did it.
  private(set) var widened: [TensorID: String] = [:]

  init(graph: Graph, changesConcatInputRanges: Bool) {
    self.graph = graph
    self.changesConcatInputRanges = changesConcatInputRanges
  }

  /// Visits nodes in an order; returns whether anything changed.
  mutating func run(_ order: some Sequence<Int>) -> Bool {
    let before = changes.count
    for index in order { visit(graph.nodes[index]) }
    return changes.count > before
  }

  private mutating func visit(_ node: Node) {
    switch node.quantizationRule {
    case .sameAsInput(let slot), .copiesInput(let slot):
      guard let input = node.operand(slot), graph.isReal(input) else { return }
      if let range = graph[input].range {
        give(range, to: graph.realOutputs(of: node))
      } else if graph[input].constant == nil, node.builtin != .prelu,
        let output = graph.realOutputs(of: node).first(where: { graph[$0].range != nil }),
        let range = graph[output].range
      {
        give(range, to: [input])
      }
    case .ownRangeOrInput(let slot):
      guard let input = node.operand(slot), let range = graph[input].range else { return }
      give(range, to: graph.realOutputs(of: node))
    case .sharedByAll:
      share(node)
    case .unionOfInputs:
      unite(node)
    case .fixed(let scale, let zeroPoint):
      give(.fixed(scale: scale, zeroPoint: zeroPoint), to: graph.realOutputs(of: node))
    case .ownRange, .notReal, .floatOnly, .floatOutputs:
      return
    }
  }

  private mutating func give(_ range: RecordedRange, to tensors: [TensorID]) {
    for id in tensors where graph[id].range == nil {
      graph[id].range = range.propagated
      changes.append(id)
    }
  }

  /// Inputs and outputs of one range; constants take what the others have, later.
  private mutating func share(_ node: Node) {
    let inputs = graph.realOperands(of: node).filter { graph[$0].constant == nil }
    let outputs = graph.realOutputs(of: node)
    if let range = union(of: inputs, and: constants(of: node)) {
      give(range, to: outputs)
    } else if let output = outputs.first(where: { graph[$0].range != nil }),
      let range = graph[output].range
    {
      give(range, to: inputs)
    }
  }

  private mutating func unite(_ node: Node) {
    let inputs = graph.realOperands(of: node)
    let outputs = graph.realOutputs(of: node)
    guard changesConcatInputRanges else {
      let variables = inputs.filter { graph[$0].constant == nil }
      if let range = union(of: variables, and: constants(of: node)) { give(range, to: outputs) }
      return
    }
    let known = (inputs + outputs).compactMap { graph[$0].range }
    guard let first = known.first else { return }
    let all = known.dropFirst().reduce(first) { $0.union($1) }.propagated
    for id in inputs + outputs {
      if let range = graph[id].range, range.minimum == all.minimum, range.maximum == all.maximum {
        continue
      }
      if graph[id].range != nil { widened[id] = node.name }
      graph[id].range = all
      changes.append(id)
    }
  }

  /// The union of ranges, nil where one is unknown; constants may lack theirs.
  private func union(of variables: [TensorID], and constants: [RecordedRange]) -> RecordedRange? {
    guard let first = variables.first, var result = graph[first].range else { return nil }
    for id in variables.dropFirst() {
      guard let range = graph[id].range else { return nil }
      result = result.union(range)
    }
    return constants.reduce(result) { $0.union($1) }
  }

  private func constants(of node: Node) -> [RecordedRange] {
    graph.realOperands(of: node).filter { graph[$0].constant != nil }.compactMap {
      graph[$0].range ?? (try? graph[$0].dataRange())
    }
  }
}

extension RecordedRange {
  /// The values that all 256 steps of a fixed uint8 quantization stand for.
  static func fixed(scale: Double, zeroPoint: Int) -> RecordedRange {
    RecordedRange(
      minimum: Double(-zeroPoint) * scale, maximum: Double(255 - zeroPoint) * scale,
      origin: .operation)
  }
}
