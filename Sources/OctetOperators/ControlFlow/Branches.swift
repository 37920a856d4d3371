import OctetCore

extension Operands {
  /// What all graphs that an operator chooses from give.
  ///
  /// - Throws: `.valueNotConstant` where that depends on which one runs, or on what happens in it.
  func commonGraphOutputs() throws(OctetError) -> [OutputSpec] {
    guard let first = graphOutputs.first, let outputs = first,
      graphOutputs.allSatisfy({ $0 == outputs })
    else { throw OctetError(.valueNotConstant(index: 0, role: "condition")) }
    return outputs
  }
}

extension KernelBuffers {
  /// Runs a graph with the operator's inputs from `first` on; its results are the operator's.
  func giveResults(of graph: Int, _ inputs: [OutputSpec], from first: Int) {
    withGraphs { graphs throws(OctetError) in
      let results = try graphs.run(graph, values(from: first, inputs))
      for (index, result) in results.enumerated() { give(result, toOutput: index) }
    }
  }
}
