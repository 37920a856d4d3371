import OctetCore

extension Model {
  /// Checks that operators refer to codes and tensors that exist.
  func checkOperators(of subgraph: Subgraph, _ problems: inout Problems) {
    let tensors = subgraph.tensors.indices
    checkTensorIndices(subgraph.inputs, "input", tensors, &problems)
    checkTensorIndices(subgraph.outputs, "output", tensors, &problems)
    for (index, step) in subgraph.operators.enumerated() {
      problems.within("operator \(index) \(name(of: step))") { problems in
        if !operatorCodes.indices.contains(step.code) {
          problems.report("operator code \(step.code) of \(operatorCodes.count) does not exist")
        }
        checkTensorIndices(step.inputs, "input", tensors, &problems)
        checkTensorIndices(step.outputs, "output", tensors, &problems)
        checkTensorIndices(step.intermediates, "intermediate", tensors, &problems)
        let flags = step.mutatingVariableInputs.count
        if flags != 0 && flags != step.inputs.count {
          problems.report("\(flags) mutating variable inputs for \(step.inputs.count) inputs")
        }
      }
    }
  }

  /// The operator's name for messages; empty where its code doesn't exist.
  func name(of step: Operator) -> String {
    operatorCodes.indices.contains(step.code) ? operatorCodes[step.code].name : ""
  }

  private func checkTensorIndices(
    _ indices: [Int?], _ role: String, _ tensors: Range<Int>, _ problems: inout Problems
  ) {
    for (position, index) in indices.enumerated() {
      guard let index, !tensors.contains(index) else { continue }
      problems.report(
        "tensor \(index) of \(tensors.count) does not exist", at: "\(role) \(position)")
    }
  }
}
