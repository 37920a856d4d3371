import OctetCore

extension Model {
  /// Checks what the flatbuffer verifier can't: indices, shapes, sizes, quantization, data flow.
  ///
  /// Every model that was read has passed; a model built in memory is checked before it is written.
  ///
  /// - Throws: all problems at once, up to a bound, each with its place.
  public func validate(limits: ReadLimits = ReadLimits()) throws(OctetError) {
    var problems = Problems()
    if version != 3 { problems.report("version \(version) of the format is unknown") }
    if subgraphs.isEmpty { problems.report("there is no subgraph") }
    checkOperatorCodes(&problems)
    checkReferencesToBuffers(&problems)
    checkSignatures(&problems)
    for (index, subgraph) in subgraphs.enumerated() {
      problems.within("subgraph \(index)") { problems in
        checkTensors(of: subgraph, limits, &problems)
        checkOperators(of: subgraph, &problems)
        checkDataFlow(of: subgraph, &problems)
      }
    }
    checkCalls(limits, &problems)
    try problems.throwIfAny()
  }

  /// The data of a constant; nil where a tensor gets its value when the model runs.
  public func constantData(of tensor: Tensor) -> Bytes? {
    // Buffer 0 means none, whatever it holds.
    guard tensor.buffer > 0, tensor.buffer < buffers.count,
      let data = buffers[tensor.buffer].data, !data.isEmpty
    else { return nil }
    return data
  }

  private func checkOperatorCodes(_ problems: inout Problems) {
    for (index, code) in operatorCodes.enumerated()
    where code.builtin == .custom && code.customName == nil {
      problems.report("a custom operator has no name", at: "operator code \(index)")
    }
  }

  private func checkReferencesToBuffers(_ problems: inout Problems) {
    for (index, entry) in metadata.enumerated() where !buffers.indices.contains(entry.buffer) {
      problems.report(
        "buffer \(entry.buffer) of \(buffers.count) does not exist", at: "metadata \(index)")
    }
    for (index, buffer) in metadataBuffers.enumerated()
    where !buffers.indices.contains(Int(buffer)) {
      problems.report(
        "buffer \(buffer) of \(buffers.count) does not exist", at: "metadata buffer \(index)")
    }
    for (index, buffer) in externalBuffers.enumerated()
    where !externalBufferGroups.indices.contains(buffer.group) {
      problems.report("group \(buffer.group) does not exist", at: "external buffer \(index)")
    }
  }

  private func checkSignatures(_ problems: inout Problems) {
    for (index, signature) in signatures.enumerated() {
      problems.within("signature \(index)") { problems in
        if signature.key == nil { problems.report("it has no key") }
        guard subgraphs.indices.contains(signature.subgraph) else {
          problems.report("subgraph \(signature.subgraph) of \(subgraphs.count) does not exist")
          return
        }
        let tensors = subgraphs[signature.subgraph].tensors
        for (role, names) in [("input", signature.inputs), ("output", signature.outputs)] {
          for (position, name) in names.enumerated() where !tensors.indices.contains(name.tensor) {
            problems.report(
              "tensor \(name.tensor) of \(tensors.count) does not exist", at: "\(role) \(position)")
          }
        }
      }
    }
  }
}
