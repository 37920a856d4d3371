import OctetCore
import OctetGraphDef

/// Orders the nodes that some outputs need: producers first, otherwise as in the file.
struct NodeOrder {
  private let source: GraphDefinition

  /// An order of `source`'s nodes.
  init(_ source: GraphDefinition) {
    self.source = source
  }

  /// The nodes needed to compute `outputs` when `inputs` are given; control inputs don't count.
  ///
  /// - Throws: `.unsupported` for loops, which can't be ordered.
  /// - Complexity: O(nodes + edges)
  func nodes(
    computing outputs: [NodeInput], from inputs: Set<NodeInput>
  ) throws(OctetError) -> [NodeDefinition] {
    var order: [Int] = []
    var state = [State](repeating: .unvisited, count: source.nodes.count)
    // An explicit stack: graphs are deeper than a thread's stack allows recursion to go.
    var stack: [(node: Int, nextInput: Int)] = []
    for output in outputs where !inputs.contains(output) {
      guard let root = source.index(of: output.node), state[root] == .unvisited else { continue }
      stack.append((root, 0))
      state[root] = .open
      while let (node, nextInput) = stack.last {
        let definition = source.nodes[node]
        guard nextInput < definition.inputs.count else {
          state[node] = .done
          order.append(node)
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].nextInput += 1
        let input = definition.inputs[nextInput]
        guard !inputs.contains(input), let producer = source.index(of: input.node) else { continue }
        switch state[producer] {
        case .done: break
        case .open:
          throw OctetError(
            .unsupported(what: "a loop through node '\(input.node)'"),
            remedy: "convert the body of the loop on its own: cut at its inputs and outputs")
        case .unvisited:
          state[producer] = .open
          stack.append((producer, 0))
        }
      }
    }
    return order.map { source.nodes[$0] }
  }

  private enum State {
    case unvisited, open, done
  }
}
