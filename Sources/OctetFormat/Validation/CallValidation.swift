import OctetCore

extension Model {
  /// Checks that operators refer to subgraphs that exist and that no subgraph runs itself.
  ///
  /// Running a cycle of IF, WHILE or CALL would not end, nor would planning it.
  func checkCalls(_ limits: ReadLimits, _ problems: inout Problems) {
    var callers = [[Int]](repeating: [], count: subgraphs.count)
    var remainingCalls = [Int](repeating: 0, count: subgraphs.count)
    for (caller, subgraph) in subgraphs.enumerated() {
      for (index, step) in subgraph.operators.enumerated() {
        guard operatorCodes.indices.contains(step.code) else { continue }
        let builtin = operatorCodes[step.code].builtin
        for callee in step.calledSubgraphs(builtin) {
          if subgraphs.indices.contains(callee) {
            callers[callee].append(caller)
            remainingCalls[caller] += 1
          } else {
            problems.within("subgraph \(caller)") {
              $0.report(
                "subgraph \(callee) of \(subgraphs.count) does not exist",
                at: "operator \(index) \(builtin.name)")
            }
          }
        }
      }
    }
    // From those that call nothing upwards; what is left over reaches a cycle.
    var height = [Int](repeating: 1, count: subgraphs.count)
    var settled = subgraphs.indices.filter { remainingCalls[$0] == 0 }
    while let callee = settled.popLast() {
      for caller in callers[callee] {
        height[caller] = max(height[caller], height[callee] + 1)
        remainingCalls[caller] -= 1
        if remainingCalls[caller] == 0 { settled.append(caller) }
      }
    }
    for index in subgraphs.indices where remainingCalls[index] > 0 {
      problems.report("its operators run subgraphs in a cycle", at: "subgraph \(index)")
    }
    if let deepest = height.max(), deepest > limits.subgraphDepth {
      problems.report(
        .limitExceeded(
          limit: "depth of subgraphs", value: deepest, maximum: limits.subgraphDepth))
    }
  }
}

extension Operator {
  /// The subgraphs that the operator runs, as its options say; an absent field means 0.
  fileprivate func calledSubgraphs(_ builtin: BuiltinOperator) -> [Int] {
    Self.subgraphFields(builtin).flatMap { name -> [Int] in
      switch (options ?? options2)?.fields[name] {
      case .integer(let index): [Int(index)]
      case .integers(let indices): indices.map(Int.init)
      default: Self.subgraphLists.contains(name) ? [] : [0]
      }
    }
  }

  private static let subgraphLists: Set = ["branch_subgraph_indices", "called_computations"]

  private static func subgraphFields(_ builtin: BuiltinOperator) -> [String] {
    switch builtin {
    case .call: ["subgraph"]
    case .callOnce: ["init_subgraph_index"]
    case .if: ["then_subgraph_index", "else_subgraph_index"]
    case .while, .stablehloWhile: ["cond_subgraph_index", "body_subgraph_index"]
    case .stablehloReduce, .stablehloReduceWindow: ["body_subgraph_index"]
    case .stablehloScatter: ["update_computation_subgraph_index"]
    case .stablehloSort: ["comparator_subgraph_index"]
    case .stablehloComposite: ["decomposition_subgraph_index"]
    case .stablehloCase: ["branch_subgraph_indices"]
    case .stablehloCustomCall: ["called_computations"]
    default: []
    }
  }
}
