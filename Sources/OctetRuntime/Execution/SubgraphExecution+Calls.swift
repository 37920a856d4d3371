import OctetCore
import OctetFormat
import OctetOperators

/// What operators that run graphs need.
extension SubgraphExecution {
  /// What the graph gives; nil where only a run tells.
  var outputSpecs: [OutputSpec]? {
    var outputs: [OutputSpec] = []
    for tensor in graph.outputs {
      guard let spec = specs[tensor] else { return nil }
      outputs.append(OutputSpec(spec.type, spec.shape))
    }
    return outputs
  }

  /// What the graph gave when it ran.
  func outputValues() throws(OctetError) -> [GraphValue] {
    if let results { return results }
    var values: [GraphValue] = []
    for tensor in graph.outputs {
      guard let spec = specs[tensor] else {
        throw OctetError(
          .malformedModel(reason: "nothing writes output '\(graph.tensors[tensor].name)'"))
      }
      values.append(GraphValue(type: spec.type, shape: spec.shape, bytes: bytes(of: tensor)))
    }
    results = values
    return values
  }

  /// Checks the number and types of what the graph is given, and that each has a shape.
  func checkInputTypes(_ types: [ElementType]) throws(OctetError) {
    guard types.count == graph.inputs.count else {
      throw OctetError(
        .wrongCount(
          what: "inputs of the graph", expected: graph.inputs.count...graph.inputs.count,
          found: types.count))
    }
    for (tensor, type) in zip(graph.inputs, types) where graph.tensors[tensor].type != type {
      throw OctetError(
        .malformedModel(
          reason: "the graph's input '\(graph.tensors[tensor].name)' is "
            + "\(graph.tensors[tensor].type), and \(type) is given"))
    }
  }

  /// Plans the graph for these inputs and copies them.
  ///
  /// They may stand in the graph's own memory, of inputs as well as outputs.
  func setInputs(_ values: [GraphValue]) throws(OctetError) {
    guard isPlanned(for: values), canCopyInPlace(values) else {
      try checkInputTypes(values.map(\.type))
      let copies = values.map { Bytes(Array($0.bytes)) }
      try plan(inputShapes: values.map(\.shape))
      for (tensor, value) in zip(graph.inputs, copies) {
        value.withUnsafeBytes { copy($0, to: tensor) }
      }
      return
    }
    for (position, tensor) in graph.inputs.enumerated() where planner.readsInput[position] {
      let value = values[position].bytes
      if value.baseAddress != bytes(of: tensor).baseAddress { copy(value, to: tensor) }
    }
  }

  private func isPlanned(for values: [GraphValue]) -> Bool {
    guard !segments.isEmpty, values.count == graph.inputs.count,
      values.count == inputShapes.count
    else { return false }
    return values.indices.allSatisfy { position in
      values[position].type == graph.tensors[graph.inputs[position]].type
        && values[position].shape == inputShapes[position]
    }
  }

  /// Whether copying one value never overwrites what another is to be copied from.
  private func canCopyInPlace(_ values: [GraphValue]) -> Bool {
    values.indices.allSatisfy { position in
      let source = values[position].bytes.baseAddress
      return graph.inputs.indices.allSatisfy { other in
        other == position || bytes(of: graph.inputs[other]).baseAddress != source
      } || bytes(of: graph.inputs[position]).baseAddress == source
    }
  }
}
