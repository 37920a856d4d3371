import OctetCore
import OctetFormat
import OctetOperators

/// Three operators that replace one row of a tensor, which loops fill row by row that way.
///
/// Converters write `x[i] = row` as
/// `CONCATENATION(SLICE(x, 0, [i, −1, …]), row, SLICE(x, [i + 1, 0, …], −1))`. The extents of the
/// slices depend on the value of `i`, so that each iteration would have to be planned anew. Those of
/// the result don't: as one step, the whole is planned once. Only row −1 gives a longer result, which
/// is why the position has to be an input of the graph, known before it runs.
struct RowReplacement: Sendable {
  /// The tensor that keeps its other rows.
  let source: Int
  /// The graph's input with the row's position, one integer.
  let position: Int
  /// The tensor with what takes its place.
  let row: Int
  /// The number of dimensions that the slices ask for.
  let rank: Int
  /// The two slices.
  let slices: [Int]
}

/// The rows that a graph replaces, and the operators that nothing else needs.
struct RowReplacements: Sendable {
  /// By the concatenation's position in the execution order.
  private(set) var byOperator: [Int: RowReplacement] = [:]
  /// Operators whose results nothing else reads.
  private(set) var omitted: Set<Int> = []
  /// The graph's inputs with positions.
  private(set) var positions: [Int] = []

  /// The tensors that replacing steps read, with their positions in the execution order.
  var reads: [(tensor: Int, reader: Int)] {
    byOperator.flatMap { index, replacement in
      [replacement.source, replacement.position].map { (tensor: $0, reader: index) }
    }
  }

  /// None.
  init() {}

  /// Those of a graph.
  init(in graph: CheckedSubgraph) {
    let idiom = RowReplacementIdiom(graph)
    for step in graph.operators {
      guard let replacement = idiom.replacement(by: step) else { continue }
      byOperator[step.index] = replacement
      omitted.formUnion(replacement.slices)
      positions.append(replacement.position)
    }
    // What computes the extents of omitted slices is needed no more either.
    let needed = Set(reads.map(\.tensor))
    for step in graph.operators.reversed() where byOperator[step.index] == nil {
      let isUnread = step.outputs.allSatisfy { tensor in
        !needed.contains(tensor) && !idiom.readers[tensor].isEmpty
          && idiom.readers[tensor].isSubset(of: omitted)
      }
      if isUnread, [.reshape, .expandDims, .concatenation].contains(step.code.builtin) {
        omitted.insert(step.index)
      }
    }
  }
}

/// Recognizes the three operators.
private struct RowReplacementIdiom {
  let graph: CheckedSubgraph
  /// The operators that read each tensor; `Int.max` stands for the caller.
  let readers: [Set<Int>]

  init(_ graph: CheckedSubgraph) {
    self.graph = graph
    var readers = [Set<Int>](repeating: [], count: graph.tensors.count)
    for step in graph.operators {
      for case let tensor? in step.inputs { readers[tensor].insert(step.index) }
    }
    for tensor in graph.outputs { readers[tensor].insert(.max) }
    self.readers = readers
  }

  func replacement(by step: CheckedOperator) -> RowReplacement? {
    guard let concatenation = operands(of: step, .concatenation, count: 3),
      let options = try? Concatenation.decode(step.options), options.axis == 0,
      options.activation == .none,
      let head = writer(of: concatenation[0], .slice, readBy: step),
      let tail = writer(of: concatenation[2], .slice, readBy: step),
      let headOperands = operands(of: head, .slice, count: 3),
      let tailOperands = operands(of: tail, .slice, count: 3),
      headOperands[0] == tailOperands[0],
      let rank = extent(ofConstant: headOperands[1], of: 0),
      let position = vector(headOperands[2], followedBy: -1, count: rank),
      graph.tensors[position].origin == .input,
      extent(ofConstant: tailOperands[2], of: -1) == rank,
      let next = vector(tailOperands[1], followedBy: 0, count: rank),
      isSuccessor(next, of: position),
      haveOneForm([headOperands[0]] + concatenation + step.outputs)
    else { return nil }
    return RowReplacement(
      source: headOperands[0], position: position, row: concatenation[1], rank: rank,
      slices: [head.index, tail.index])
  }

  /// The inputs of an operator of this kind with so many of them, none left out, and one output.
  private func operands(
    of step: CheckedOperator, _ kind: BuiltinOperator, count: Int
  ) -> [Int]? {
    let inputs = step.inputs.compactMap { $0 }
    guard step.code.builtin == kind, step.inputs.count == count, inputs.count == count,
      step.outputs.count == 1
    else { return nil }
    return inputs
  }

  private func writer(of tensor: Int) -> CheckedOperator? {
    guard case .computed(let writer) = graph.tensors[tensor].origin else { return nil }
    return graph.operators[writer]
  }

  /// What computes a tensor that no other operator reads.
  private func writer(
    of tensor: Int, _ kind: BuiltinOperator, readBy reader: CheckedOperator
  ) -> CheckedOperator? {
    guard let step = writer(of: tensor), step.code.builtin == kind,
      readers[tensor] == [reader.index]
    else { return nil }
    return step
  }

  /// The number of elements of a constant vector, all of which have this value.
  private func extent(ofConstant tensor: Int, of value: Int) -> Int? {
    guard let values = constant(tensor), graph.tensors[tensor].dimensions == [values.count],
      values.allSatisfy({ $0 == value })
    else { return nil }
    return values.count
  }

  private func constant(_ tensor: Int) -> [Int]? {
    let declared = graph.tensors[tensor]
    guard declared.constant != nil, let shape = try? Shape(declared.dimensions) else { return nil }
    return try? Operands([declared.spec(shape: shape)]).constantIntegers(0, "constant")
  }

  /// The one integer in front of equal constants that make up a vector.
  private func vector(_ tensor: Int, followedBy value: Int, count: Int) -> Int? {
    guard count > 1, let step = writer(of: tensor),
      let parts = operands(of: step, .concatenation, count: 2),
      let options = try? Concatenation.decode(step.options), options.axis == 0,
      extent(ofConstant: parts[1], of: value) == count - 1,
      let reshape = writer(of: parts[0]),
      reshape.code.builtin == .reshape || reshape.code.builtin == .expandDims,
      let integer = reshape.inputs.first ?? nil
    else { return nil }
    return integer
  }

  private func isSuccessor(_ next: Int, of position: Int) -> Bool {
    guard let step = writer(of: next), let terms = operands(of: step, .add, count: 2),
      let options = try? Add.decode(step.options), options.activation == .none
    else { return false }
    return terms[0] == position && constant(terms[1]) == [1]
      || terms[1] == position && constant(terms[0]) == [1]
  }

  /// Whether elements of these tensors mean the same, so that they are copied as they are.
  private func haveOneForm(_ tensors: [Int]) -> Bool {
    tensors.dropFirst().allSatisfy { tensor in
      graph.tensors[tensor].type == graph.tensors[tensors[0]].type
        && graph.tensors[tensor].quantization == graph.tensors[tensors[0]].quantization
    }
  }
}
