import OctetCore

extension GraphRewriter {
  /// The tensors that two nodes in a row write once they have changed places.
  ///
  /// The names change places too, as TOCO has it, unless users know the second: that one stays at
  /// the end, and the middle gets a new tensor named after it. Readers of the end are moved.
  mutating func swapOutputs(
    of first: Int, and second: Int, suffix: String
  ) -> (first: TensorID, last: TensorID) {
    guard let middle = self[first]?.outputs[0], let end = self[second]?.outputs[0] else {
      preconditionFailure("only nodes in the graph can be swapped")
    }
    self[middle].range = nil
    self[end].range = nil
    guard isInternal(end) else {
      let name = derivedName(self[end].name + suffix)
      return (add(GraphTensor(name: name, type: self[end].type)), end)
    }
    replaceUses(of: end, with: middle)
    return (end, middle)
  }

  /// Infers shapes anew after two nodes changed places.
  mutating func inferSwapped(_ first: Int, _ second: Int) throws(OctetError) {
    for index in [first, second] {
      for output in self[index]?.outputs ?? [] { self[output].shape = nil }
      _ = try inferOutputs(of: index)
    }
  }
}
