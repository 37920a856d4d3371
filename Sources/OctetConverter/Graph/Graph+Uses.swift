/// Who writes and who reads each tensor; a snapshot that the next change of the nodes outdates.
public struct GraphUses: Sendable {
  private var producers: [Int?]
  private var readers: [[Int]]
  private var outputCounts: [Int]

  /// Indexes `graph`.
  ///
  /// - Complexity: O(nodes + tensors)
  init(_ graph: Graph) {
    producers = [Int?](repeating: nil, count: graph.tensors.count)
    readers = [[Int]](repeating: [], count: graph.tensors.count)
    outputCounts = [Int](repeating: 0, count: graph.tensors.count)
    for (index, node) in graph.nodes.enumerated() {
      for output in node.outputs { producers[output.index] = index }
      for case let input? in node.inputs { readers[input.index].append(index) }
    }
    for output in graph.outputs { outputCounts[output.index] += 1 }
  }

  /// The node that writes a tensor; nil for inputs and constants.
  public func producer(of id: TensorID) -> Int? { producers[id.index] }

  /// The nodes that read a tensor, in order; one that reads it twice stands twice.
  public func consumers(of id: TensorID) -> [Int] { readers[id.index] }

  /// Whether the user gets the tensor.
  public func isOutput(_ id: TensorID) -> Bool { outputCounts[id.index] > 0 }
}

extension Graph {
  /// Who writes and reads each tensor now.
  public func uses() -> GraphUses { GraphUses(self) }

  /// Removes the nodes at `indices`.
  public mutating func removeNodes(_ indices: Set<Int>) {
    guard !indices.isEmpty else { return }
    var kept: [Node] = []
    kept.reserveCapacity(nodes.count - indices.count)
    for (index, node) in nodes.enumerated() where !indices.contains(index) { kept.append(node) }
    nodes = kept
  }
}
