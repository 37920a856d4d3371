extension GraphRewriter {
  /// Which of a binary node's two inputs is the float32 constant `value`; nil where none or both.
  ///
  /// - Source: TOCO `GetSingleScalarInputIndexOfBinaryOp`.
  func slot(of value: Float, in node: Node) -> Int? {
    guard node.inputs.count == 2 else { return nil }
    switch (scalar(node.inputs[0]) == value, scalar(node.inputs[1]) == value) {
    case (true, false): return 0
    case (false, true): return 1
    default: return nil
    }
  }

  /// The node that computes an internal tensor which `reader` alone reads.
  func privateProducer(of tensor: TensorID?) -> (index: Int, node: Node)? {
    guard let tensor, isInternal(tensor), isReadOnce(tensor), let index = producer(of: tensor),
      let node = self[index]
    else { return nil }
    return (index, node)
  }
}
