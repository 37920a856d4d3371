import OctetCore

/// A graph while nodes are rewritten: indices stay valid, and who writes and reads each tensor is
/// always current.
///
/// An edit of a node costs as much as its operands have readers, which are few but for constants that
/// many share. Giving a tensor a name that is taken costs a look at all tensors.
package struct GraphRewriter {
  private var graph: Graph
  private var slots: [Node?]
  /// Nodes that run just before the node at an index, in order.
  private var insertions: [Int: [Int]] = [:]
  private let originalCount: Int
  private var producers: [Int?]
  private var readers: [[Int]]
  private var isGraphOutput: [Bool]
  private var isGraphInput: [Bool]

  /// Takes the content of `graph`, which is empty until `finish()` gives it back.
  init(taking graph: inout Graph) {
    self.graph = graph
    graph = Graph()
    slots = self.graph.nodes
    self.graph.nodes = []
    originalCount = slots.count
    let count = self.graph.tensors.count
    producers = [Int?](repeating: nil, count: count)
    readers = [[Int]](repeating: [], count: count)
    isGraphOutput = [Bool](repeating: false, count: count)
    isGraphInput = isGraphOutput
    for output in self.graph.outputs { isGraphOutput[output.index] = true }
    for input in self.graph.inputs { isGraphInput[input.index] = true }
    for index in slots.indices { connect(index) }
  }

  /// The rewritten graph.
  consuming func finish() -> Graph {
    var result = graph
    result.nodes.reserveCapacity(slots.count)
    var pending: [Int] = []
    for index in 0..<originalCount {
      pending.append(index)
      // Insertions may themselves have insertions in front of them.
      while let next = pending.popLast() {
        if let before = insertions.removeValue(forKey: next) {
          pending.append(next)
          pending.append(contentsOf: before.reversed())
        } else if let node = slots[next] {
          result.nodes.append(node)
        }
      }
    }
    return result
  }
}

// MARK: - Nodes

extension GraphRewriter {
  /// The indices of the nodes that the graph had at first, in execution order.
  var indices: Range<Int> { 0..<originalCount }

  /// The node at an index; nil once it has been removed.
  subscript(index: Int) -> Node? { slots[index] }

  /// Puts another node in place of the one at `index`.
  mutating func replace(_ index: Int, with node: Node) {
    disconnect(index)
    slots[index] = node
    connect(index)
  }

  /// Changes the node at `index` in place; nothing happens where it has been removed.
  mutating func modify(_ index: Int, _ change: (inout Node) -> Void) {
    guard var node = slots[index] else { return }
    change(&node)
    replace(index, with: node)
  }

  /// Removes a node, and the data of constants that nothing else reads.
  mutating func remove(_ index: Int) {
    guard let node = slots[index] else { return }
    disconnect(index)
    slots[index] = nil
    for case let input? in node.inputs where isUnused(input) { graph[input].constant = nil }
  }

  /// Adds a node that runs just before the node at `index`.
  mutating func insert(_ node: Node, before index: Int) {
    slots.append(node)
    insertions[index, default: []].append(slots.count - 1)
    connect(slots.count - 1)
  }

  /// Lets every node, and the graph's outputs, read `replacement` in place of `tensor`.
  mutating func replaceUses(of tensor: TensorID, with replacement: TensorID) {
    for index in Set(readers[tensor.index]) {
      modify(index) { node in
        for slot in node.inputs.indices where node.inputs[slot] == tensor {
          node.inputs[slot] = replacement
        }
      }
    }
    guard isGraphOutput[tensor.index] else { return }
    for slot in graph.outputs.indices where graph.outputs[slot] == tensor {
      graph.outputs[slot] = replacement
    }
    isGraphOutput[tensor.index] = false
    isGraphOutput[replacement.index] = true
  }

  private mutating func connect(_ index: Int) {
    guard let node = slots[index] else { return }
    for output in node.outputs { producers[output.index] = index }
    for case let input? in node.inputs { readers[input.index].append(index) }
  }

  private mutating func disconnect(_ index: Int) {
    guard let node = slots[index] else { return }
    for output in node.outputs where producers[output.index] == index {
      producers[output.index] = nil
    }
    for case let input? in node.inputs {
      if let position = readers[input.index].firstIndex(of: index) {
        readers[input.index].remove(at: position)
      }
    }
  }
}

// MARK: - Tensors

extension GraphRewriter {
  /// The tensor behind an identifier.
  subscript(id: TensorID) -> GraphTensor {
    get { graph[id] }
    _modify { yield &graph[id] }
  }

  /// Adds a tensor; where its name is taken, a suffix makes it unique.
  mutating func add(_ tensor: GraphTensor) -> TensorID {
    producers.append(nil)
    readers.append([])
    isGraphOutput.append(false)
    isGraphInput.append(false)
    return graph.add(tensor)
  }

  /// Gives a tensor a new name; where it is taken by another, that one gets a suffix.
  mutating func rename(_ id: TensorID, to name: String) { graph.rename(id, to: name) }

  /// `base`, or `base_0`, `base_1`, … where it is taken.
  func uniqueName(_ base: String) -> String { graph.uniqueName(base) }

  /// The node that writes a tensor; nil for inputs and constants.
  func producer(of id: TensorID) -> Int? { producers[id.index] }

  /// The nodes that read a tensor; one that reads it twice stands twice.
  func readers(of id: TensorID) -> [Int] { readers[id.index] }

  /// Whether the user gets the tensor.
  func isOutput(_ id: TensorID) -> Bool { isGraphOutput[id.index] }

  /// Whether the user sets the tensor.
  func isInput(_ id: TensorID) -> Bool { isGraphInput[id.index] }

  /// Whether the user doesn't see the tensor, so that it may vanish.
  func isInternal(_ id: TensorID) -> Bool { !isOutput(id) && !isInput(id) }

  /// Whether nothing reads the tensor.
  func isUnused(_ id: TensorID) -> Bool { readers[id.index].isEmpty && !isOutput(id) }

  /// Whether exactly one operand of one node reads the tensor.
  func isReadOnce(_ id: TensorID) -> Bool { readers[id.index].count == 1 }

  /// The one node that reads the tensor, as one operand; nil where there are more or none.
  func soleReader(of id: TensorID) -> Int? {
    readers[id.index].count == 1 ? readers[id.index][0] : nil
  }

  /// Types and shapes of a node's outputs become known where its inputs' are.
  mutating func inferOutputs(of index: Int) throws(OctetError) -> Bool {
    guard let node = slots[index] else { return false }
    return try graph.inferOutputs(of: node)
  }

  /// Computes a node's outputs where all inputs are constants; the node stays.
  mutating func foldConstants(of index: Int) throws(OctetError) -> Bool {
    guard let node = slots[index] else { return false }
    return try graph.foldConstants(of: node)
  }
}
