import OctetCore
import OctetGraphDef

/// Orders the nodes that some outputs need: producers first, otherwise as in the file.
///
/// Of the nodes whose producers are done, the first in the file comes next, as TensorFlow's
/// converter orders operators.
struct NodeOrder {
  private let source: GraphDefinition

  /// An order of `source`'s nodes.
  init(_ source: GraphDefinition) {
    self.source = source
  }

  /// The nodes needed to compute `outputs` when `inputs` are given; control inputs don't count.
  ///
  /// - Throws: `.unsupported` for loops, which can't be ordered.
  /// - Complexity: O(nodes²) at worst, nearly linear for files that are in order already.
  func nodes(
    computing outputs: [NodeInput], from inputs: Set<NodeInput>
  ) throws(OctetError) -> [NodeDefinition] {
    let producers = neededProducers(of: outputs, from: inputs)
    var waitingFor: [Int: Int] = [:]
    var readers: [Int: [Int]] = [:]
    for (node, its) in producers {
      waitingFor[node] = its.count
      for producer in its { readers[producer, default: []].append(node) }
    }
    // Descending, so that the first in the file is at the end.
    var ready = waitingFor.filter { $0.value == 0 }.map(\.key).sorted(by: >)
    var order: [NodeDefinition] = []
    while let node = ready.popLast() {
      order.append(source.nodes[node])
      for reader in readers[node] ?? [] {
        let left = (waitingFor[reader] ?? 0) - 1
        waitingFor[reader] = left
        if left == 0 { ready.insert(reader, at: ready.firstIndex { $0 < reader } ?? ready.count) }
      }
    }
    guard order.count == producers.count else {
      let names = waitingFor.filter { $0.value > 0 }.keys.sorted().prefix(5)
        .map { "'\(source.nodes[$0].name)'" }
      throw OctetError(
        .unsupported(what: "a loop through \(names.joined(separator: ", "))"),
        remedy: "convert the body of the loop on its own: cut at its inputs and outputs")
    }
    return order
  }

  /// Each needed node with the needed nodes that it reads, each once.
  private func neededProducers(
    of outputs: [NodeInput], from inputs: Set<NodeInput>
  ) -> [Int: Set<Int>] {
    var producers: [Int: Set<Int>] = [:]
    var pending = outputs.filter { !inputs.contains($0) }.compactMap { source.index(of: $0.node) }
    while let node = pending.popLast() {
      guard producers[node] == nil else { continue }
      var its: Set<Int> = []
      for input in source.nodes[node].inputs where !inputs.contains(input) {
        if let producer = source.index(of: input.node) { its.insert(producer) }
      }
      producers[node] = its
      pending.append(contentsOf: its)
    }
    return producers
  }
}
