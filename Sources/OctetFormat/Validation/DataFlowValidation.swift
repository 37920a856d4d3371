import OctetCore

extension Model {
  /// Checks that every tensor has one source and is read after it was produced.
  ///
  /// Operators run in the file's order, so that this also excludes cycles. Tensors whose indices
  /// don't exist are reported elsewhere.
  func checkDataFlow(of subgraph: Subgraph, _ problems: inout Problems) {
    var sources = initialSources(of: subgraph)
    for (index, step) in subgraph.operators.enumerated() {
      problems.within("operator \(index) \(name(of: step))") { problems in
        for (position, input) in step.inputs.enumerated() {
          guard let input, sources.indices.contains(input) else { continue }
          if sources[input] == .none {
            problems.report(
              "\(subgraph.describe(input)) is read before an operator produces it",
              at: "input \(position)")
          }
        }
        // Custom operators may forward a tensor; TFLite leaves the check to them.
        let forwards =
          operatorCodes.indices.contains(step.code) && operatorCodes[step.code].builtin == .custom
        let inputs = Set(step.inputs)
        for (position, output) in step.outputs.enumerated() where sources.indices.contains(output) {
          if let reason = sources[output].conflict, !(forwards && inputs.contains(output)) {
            problems.report(
              "\(subgraph.describe(output)) \(reason)", at: "output \(position)")
          }
          if !forwards && inputs.contains(output) {
            problems.report(
              "\(subgraph.describe(output)) is both input and output", at: "output \(position)")
          }
          if sources[output] == .none { sources[output] = .operator }
        }
      }
    }
    for (position, output) in subgraph.outputs.enumerated()
    where sources.indices.contains(output) && sources[output] == .none {
      problems.report(
        "\(subgraph.describe(output)) is produced by no operator", at: "output \(position)")
    }
  }

  private func initialSources(of subgraph: Subgraph) -> [TensorSource] {
    var sources = subgraph.tensors.map { tensor -> TensorSource in
      if tensor.isVariable { return .variable }
      if tensor.externalBuffer != 0 || constantData(of: tensor) != nil { return .constant }
      // A constant without elements has no data either.
      return tensor.shape.contains(0) ? .variable : .none
    }
    for input in subgraph.inputs where sources.indices.contains(input) {
      sources[input] = .graphInput
    }
    return sources
  }
}

/// Where the value of a tensor comes from.
private enum TensorSource {
  case none, constant, graphInput, `operator`
  /// It has one from the start, and operators may change it.
  case variable

  /// Why an operator can't produce the tensor; nil where it can.
  var conflict: String? {
    switch self {
    case .none, .variable: nil
    case .constant: "is a constant"
    case .graphInput: "is an input of the subgraph"
    case .operator: "is already produced by an operator"
    }
  }
}

extension Subgraph {
  /// Names a tensor in messages.
  fileprivate func describe(_ tensor: Int) -> String {
    tensors[tensor].name.map { "tensor \(tensor) '\($0)'" } ?? "tensor \(tensor)"
  }
}
