/// Finds groups of nodes that depend on each other.
struct GraphCycles {
  /// For each node the nodes that it reads.
  private let producers: [[Int]]
  /// Maximal groups in which every node depends on every other, in the order of `nodes`.
  let components: [[Int]]

  /// Finds them among `nodes`; what `NextIteration` nodes read counts for nothing, because only the
  /// next turn of a loop depends on it.
  init(_ nodes: [NodeDefinition], indicesByName: [String: Int]) {
    producers = nodes.map { node in
      if Self.loopOperations.contains(node.operation) { return [] }
      return node.inputs.compactMap { indicesByName[$0.node] }
        + node.controlInputs.compactMap { indicesByName[$0] }
    }
    components = Self.cyclicComponents(producers)
  }

  private static let loopOperations: Set = ["NextIteration", "RefNextIteration"]

  /// Strongly connected components with a cycle.
  ///
  /// Iterative: a chain of a million nodes would overflow the stack.
  ///
  /// - Complexity: linear in nodes and edges.
  /// - Source: R. Tarjan, Depth-First Search and Linear Graph Algorithms, 1972.
  private static func cyclicComponents(_ producers: [[Int]]) -> [[Int]] {
    var order = [Int?](repeating: nil, count: producers.count)
    var lowest = [Int](repeating: 0, count: producers.count)
    var isOpen = [Bool](repeating: false, count: producers.count)
    var open: [Int] = []
    var visits: [(node: Int, edge: Int)] = []
    var visitedCount = 0
    var components: [[Int]] = []

    for root in producers.indices where order[root] == nil {
      visits.append((root, 0))
      while let (node, edge) = visits.last {
        if order[node] == nil {
          order[node] = visitedCount
          lowest[node] = visitedCount
          visitedCount += 1
          open.append(node)
          isOpen[node] = true
        }
        if edge < producers[node].count {
          visits[visits.count - 1].edge += 1
          let producer = producers[node][edge]
          if let producerOrder = order[producer] {
            if isOpen[producer] { lowest[node] = min(lowest[node], producerOrder) }
          } else {
            visits.append((producer, 0))
          }
          continue
        }
        visits.removeLast()
        if let parent = visits.last?.node { lowest[parent] = min(lowest[parent], lowest[node]) }
        if lowest[node] == order[node] {
          var component: [Int] = []
          while let member = open.popLast() {
            isOpen[member] = false
            component.append(member)
            if member == node { break }
          }
          if component.count > 1 || producers[node].contains(node) {
            components.append(component.sorted())
          }
        }
      }
    }
    return components.sorted { ($0.first ?? 0) < ($1.first ?? 0) }
  }

  /// A shortest cycle through the first node of `component`, each node read by the next.
  func shortestCycle(in component: [Int]) -> [Int] {
    guard let start = component.first else { return [] }
    let members = Set(component)
    var consumers: [Int: Int] = [:]
    var queue = [start]
    var position = 0
    while position < queue.count {
      let node = queue[position]
      position += 1
      for producer in producers[node] where members.contains(producer) {
        if producer == start {
          var path = [node]
          while let last = path.last, last != start, let consumer = consumers[last] {
            path.append(consumer)
          }
          return [start] + path.dropLast()
        }
        if consumers[producer] == nil {
          consumers[producer] = node
          queue.append(producer)
        }
      }
    }
    return component
  }
}
