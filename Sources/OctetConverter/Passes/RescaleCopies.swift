import OctetCore
import OctetOperators

/// Inserts QUANTIZE where an operator's kernel copies bytes although the tensors that it copies
/// from and to are quantized differently.
///
/// Behind operators that copy one input; before those that copy several, so that all agree.
/// Constants need no operator: they are quantized as the others. Nor do ranges that differ by so
/// little that rescaling changes no byte, unless kernels insist.
///
/// TOCO copies the bytes all the same; its models are off by as much as the ranges differ.
package struct RescaleCopies: Pass {
  /// The pass.
  package init() {}

  package func run(_ graph: inout Graph, _ report: inout PassReport) throws(OctetError) {
    var rescaler = Rescaler(graph: graph, report: report)
    for node in graph.nodes { rescaler.append(node) }
    graph = rescaler.graph
    graph.nodes = rescaler.nodes
    report = rescaler.report
  }
}

private struct Rescaler {
  var graph: Graph
  var report: PassReport
  var nodes: [Node] = []
  private let type: ElementType
  private let uses: GraphUses
  /// Tensors already rescaled, by the tensor and the range that they were rescaled to.
  private var done: [Rescaling: TensorID] = [:]

  private struct Rescaling: Hashable {
    var tensor: TensorID
    var minimum: Double
    var maximum: Double
    var isNarrow: Bool
  }

  init(graph: Graph, report: PassReport) {
    self.graph = graph
    self.report = report
    type = graph.quantizedType
    uses = graph.uses()
  }

  mutating func append(_ node: Node) {
    switch node.quantizationRule {
    case .copiesInput(let slot):
      guard let input = node.operand(slot) else { break }
      return append(node, rescalingOutputsFrom: input)
    case .sharedByAll:
      return appendSharing(node)
    case .unionOfInputs where type != .uint8:
      return appendSharing(node)
    default: break
    }
    nodes.append(node)
  }

  private mutating func append(_ node: Node, rescalingOutputsFrom input: TensorID) {
    var node = node
    var following: [Node] = []
    guard let range = graph[input].range else { return nodes.append(node) }
    for (index, output) in node.outputs.enumerated() where graph.isReal(output) {
      guard let own = graph[output].range, !copies(node, from: range, to: own) else { continue }
      let raw = graph.add(
        GraphTensor(
          name: graph.uniqueName(graph[output].name + "_unscaled"), type: .float32,
          shape: graph[output].shape, range: range))
      node.outputs[index] = raw
      following.append(
        Node(name: node.name, Operation(Quantize.self), inputs: [raw], outputs: [output]))
      explain(node, from: range, to: own, "behind")
    }
    nodes.append(node)
    nodes.append(contentsOf: following)
  }

  private mutating func appendSharing(_ node: Node) {
    guard let output = node.outputs.first, let target = graph[output].range else {
      return nodes.append(node)
    }
    let operands = graph.realOperands(of: node)
    let variables = operands.filter { graph[$0].constant == nil }
    if variables.count == operands.count, let first = variables.first,
      let range = graph[first].range,
      variables.allSatisfy({ id in
        graph[id].range.map { copies(node, from: $0, to: range) } ?? false
      })
    {
      return append(node, rescalingOutputsFrom: first)
    }
    var node = node
    for (slot, input) in node.inputs.enumerated() {
      guard let input, graph.isReal(input) else { continue }
      if graph[input].constant != nil {
        node.inputs[slot] = constant(input, with: target)
      } else if let range = graph[input].range, !copies(node, from: range, to: target) {
        node.inputs[slot] = rescaled(input, to: target, for: node)
      }
    }
    nodes.append(node)
  }

  /// Whether `node` may copy bytes of one range into a tensor of the other.
  private func copies(
    _ node: Node, from range: RecordedRange, to target: RecordedRange
  ) -> Bool {
    if node.quantizationRule == .unionOfInputs
      || node.operation.definition?.requiresIdenticalScales ?? true
    {
      return range.quantizesAlike(target, type)
    }
    return target.sharesSteps(with: range, type)
  }

  private mutating func constant(_ id: TensorID, with range: RecordedRange) -> TensorID {
    if let known = graph[id].range, known.quantizesAlike(range, type) { return id }
    if uses.consumers(of: id).count == 1 {
      graph[id].range = range
      return id
    }
    var copy = graph[id]
    copy.range = range
    return graph.add(copy)
  }

  private mutating func rescaled(
    _ id: TensorID, to range: RecordedRange, for node: Node
  ) -> TensorID {
    let key = Rescaling(
      tensor: id, minimum: range.minimum, maximum: range.maximum, isNarrow: range.isNarrow)
    if let known = done[key] { return known }
    let result = graph.add(
      GraphTensor(
        name: graph.uniqueName(graph[id].name + "_rescaled"), type: .float32,
        shape: graph[id].shape, range: range))
    nodes.append(Node(name: node.name, Operation(Quantize.self), inputs: [id], outputs: [result]))
    done[key] = result
    if let own = graph[id].range { explain(node, from: own, to: range, "before") }
    return result
  }

  private mutating func explain(
    _ node: Node, from: RecordedRange, to: RecordedRange, _ place: String
  ) {
    report.changed(node.name, "inserted QUANTIZE \(place) \(node.operation.name)")
    report.warn(
      node.name,
      "\(node.operation.name) copies bytes, but its tensors range over \(from.intervalText) and "
        + "\(to.intervalText): a rescaling was inserted \(place) it")
  }
}
