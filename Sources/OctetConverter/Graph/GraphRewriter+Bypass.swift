import OctetOperators

extension GraphRewriter {
  /// Removes a node whose output has the values of input `slot`, and one of the two tensors.
  ///
  /// The output vanishes where it is internal, else the input does; the tensor that stays keeps its
  /// name and its range, and takes the other's range where it has none.
  ///
  /// - Returns: false, with nothing changed, where users see both tensors or the input is a
  ///   constant that a graph output needs.
  /// - Source: TOCO `RemoveTrivialPassthroughOp`.
  mutating func bypass(_ index: Int, slot: Int = 0) -> Bool {
    guard let node = self[index], node.outputs.count == 1, slot < node.inputs.count,
      let input = node.inputs[slot]
    else { return false }
    let output = node.outputs[0]
    if isInternal(output) {
      // Before the node goes: a constant that nothing reads is freed.
      replaceUses(of: output, with: input)
      remove(index)
      keepRange(of: output, on: input)
      return true
    }
    guard isInternal(input), let producer = producer(of: input) else { return false }
    remove(index)
    modify(producer) { node in
      node.outputs = node.outputs.map { $0 == input ? output : $0 }
    }
    replaceUses(of: input, with: output)
    keepRange(of: input, on: output)
    return true
  }

  /// Removes a node as `bypass` does, or puts a RESHAPE to the same shape in its place where users see
  /// both tensors: each then keeps its name.
  ///
  /// - Returns: false, with nothing changed, where the shape is unknown or the input is a constant.
  /// - Source: TOCO `InsertCopyOperator`.
  mutating func bypassOrCopy(_ index: Int) -> Bool {
    if bypass(index) { return true }
    guard let node = self[index], let input = node.inputs.first.flatMap({ $0 }),
      !isConstant(input), let shape = self[input].shape
    else { return false }
    let target = addVector(self[node.outputs[0]].name + "_shape", shape.dimensions)
    replace(
      index,
      with: Node(
        name: node.name, Operation(Reshape.self, Reshape.Options(newShape: shape.dimensions)),
        inputs: [input, target], outputs: node.outputs))
    return true
  }

  private mutating func keepRange(of vanishing: TensorID, on remaining: TensorID) {
    if self[remaining].range == nil { self[remaining].range = self[vanishing].range }
  }
}
