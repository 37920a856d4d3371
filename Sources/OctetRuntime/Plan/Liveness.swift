/// When the value of each tensor of a graph is needed, in positions of the execution order.
struct Liveness: Sendable {
  /// Inputs and variables: they keep their memory throughout.
  let fromTheStart: [Int]
  private let birth: [Int]
  /// `Int.max` where the value must outlive the last operator.
  private let lastUse: [Int]

  /// - Parameters:
  ///   - preserveAll: whether every tensor must be readable after the run.
  ///   - laterReads: operators that read tensors beside their inputs.
  init(
    of graph: CheckedSubgraph, preserveAll: Bool, laterReads: [(tensor: Int, reader: Int)] = []
  ) {
    var birth = [Int](repeating: 0, count: graph.tensors.count)
    var lastUse = [Int](repeating: preserveAll ? Int.max : 0, count: graph.tensors.count)
    var fromTheStart: [Int] = []
    for (index, tensor) in graph.tensors.enumerated() {
      switch tensor.origin {
      case .input, .variable:
        fromTheStart.append(index)
        lastUse[index] = Int.max
      case .computed(let writer):
        birth[index] = writer
        lastUse[index] = max(lastUse[index], writer)
      case .constant, .unwritten: break
      }
    }
    for step in graph.operators {
      for case let tensor? in step.inputs {
        lastUse[tensor] = max(lastUse[tensor], step.index)
      }
    }
    for (tensor, reader) in laterReads { lastUse[tensor] = max(lastUse[tensor], reader) }
    for tensor in graph.outputs { lastUse[tensor] = Int.max }
    self.fromTheStart = fromTheStart
    self.birth = birth
    self.lastUse = lastUse
  }

  /// The positions of a segment's operators between which a tensor of its arena is in use.
  ///
  /// What a later segment reads stays until the end of this one, whose arena is never reused.
  func lifetime(of tensor: Int, within operators: Range<Int>) -> ClosedRange<Int> {
    let first = max(birth[tensor], operators.lowerBound)
    return first...max(first, min(lastUse[tensor], operators.upperBound))
  }
}
