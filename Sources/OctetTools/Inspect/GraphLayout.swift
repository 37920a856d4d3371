import OctetFormat

/// Places a graph's operators on levels: each below everything that it reads.
///
/// Within a level operators stand in the order of execution. Edges over several levels run in lanes
/// beside the operators, so that none crosses a box.
package struct GraphLayout: Hashable, Sendable {
  /// What a box stands for.
  package enum Content: Hashable, Sendable {
    /// Positions among the graph's tensors.
    case input(Int)
    case output(Int)
    /// Position among the graph's operators.
    case step(Int)
  }

  /// A box.
  package struct Box: Hashable, Sendable {
    package let content: Content
    package let level: Int
    /// Position in the level.
    package internal(set) var column: Int
  }

  /// A tensor that goes from one box to another.
  package struct Edge: Hashable, Sendable {
    package let from: Int
    package let to: Int
    package let tensor: Int
    /// The lane beside the boxes; nil for neighbouring levels.
    package let lane: Int?
  }

  package let boxes: [Box]
  package let edges: [Edge]
  /// Boxes in each level.
  package let levelSizes: [Int]
  package let laneCount: Int

  /// Lanes beyond which edges share them.
  private static let maximumLaneCount = 32

  /// Lays a graph out.
  ///
  /// - Complexity: O(*n* log *n*) in the size of the graph.
  package init(_ graph: Subgraph) {
    var placement = Placement()
    var producers: [Int: Int] = [:]
    for tensor in graph.inputs where graph.tensors.indices.contains(tensor) {
      producers[tensor] = placement.add(.input(tensor), reading: [], producers)
    }
    for (index, step) in graph.operators.enumerated() {
      let box = placement.add(.step(index), reading: step.inputs.compactMap { $0 }, producers)
      for output in step.outputs { producers[output] = box }
    }
    for tensor in graph.outputs where graph.tensors.indices.contains(tensor) {
      _ = placement.add(.output(tensor), reading: [tensor], producers)
    }
    boxes = placement.boxes
    levelSizes = placement.levelSizes
    (edges, laneCount) = Self.lanes(for: placement.links, placement.boxes)
  }

  private struct Placement {
    var boxes: [Box] = []
    var levelSizes: [Int] = []
    var links: [(from: Int, to: Int, tensor: Int)] = []

    mutating func add(_ content: Content, reading tensors: [Int], _ producers: [Int: Int]) -> Int {
      let index = boxes.count
      var level = 0
      var linked: Set<Int> = []
      for tensor in tensors where linked.insert(tensor).inserted {
        guard let producer = producers[tensor] else { continue }
        level = max(level, boxes[producer].level + 1)
        links.append((producer, index, tensor))
      }
      while levelSizes.count <= level { levelSizes.append(0) }
      boxes.append(Box(content: content, level: level, column: levelSizes[level]))
      levelSizes[level] += 1
      return index
    }
  }

  /// Gives each long edge the first lane that is free over its levels.
  private static func lanes(
    for links: [(from: Int, to: Int, tensor: Int)], _ boxes: [Box]
  ) -> ([Edge], Int) {
    // The level at which each lane is free again.
    var ends: [Int] = []
    let order = links.indices.sorted {
      (boxes[links[$0].from].level, $0) < (boxes[links[$1].from].level, $1)
    }
    var lanes = [Int?](repeating: nil, count: links.count)
    for index in order {
      let (start, end) = (boxes[links[index].from].level, boxes[links[index].to].level)
      guard end > start + 1 else { continue }
      let lane: Int
      if let free = ends.firstIndex(where: { $0 <= start }) {
        lane = free
      } else if ends.count < maximumLaneCount {
        lane = ends.count
        ends.append(0)
      } else {
        lane = index % maximumLaneCount
      }
      ends[lane] = max(ends[lane], end)
      lanes[index] = lane
    }
    let edges = links.indices.map { index in
      Edge(
        from: links[index].from, to: links[index].to, tensor: links[index].tensor,
        lane: lanes[index])
    }
    return (edges, ends.count)
  }
}
