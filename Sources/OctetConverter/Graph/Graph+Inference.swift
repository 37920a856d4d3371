import OctetCore
import OctetOperators

extension Graph {
  /// A tensor as operator definitions see it; nil while its shape is unknown.
  public func spec(of id: TensorID) -> TensorSpec? {
    let tensor = self[id]
    guard let shape = tensor.shape else { return nil }
    return TensorSpec(
      name: tensor.name, type: tensor.type, shape: shape, quantization: tensor.quantization,
      constant: tensor.constant)
  }

  /// A node's inputs as operator definitions see them; nil while a shape is unknown.
  public func operands(of node: Node) -> Operands? {
    var specs: [TensorSpec?] = []
    for input in node.inputs {
      guard let input else {
        specs.append(nil)
        continue
      }
      guard let spec = spec(of: input) else { return nil }
      specs.append(spec)
    }
    return Operands(specs, declaredOutputTypes: node.outputs.map { self[$0].type })
  }

  /// Infers types and shapes of the outputs of the node at `index`.
  public mutating func inferOutputs(ofNode index: Int) throws(OctetError) -> Bool {
    try inferOutputs(of: nodes[index])
  }

  /// Computes the outputs of the node at `index` where all its inputs are constants.
  public mutating func foldConstants(ofNode index: Int) throws(OctetError) -> Bool {
    try foldConstants(of: nodes[index])
  }

  /// Infers types and shapes of a node's outputs, where its inputs' are known.
  ///
  /// - Returns: whether anything became known that wasn't.
  /// - Throws: what the operator's definition finds wrong, within the node's name. A shape that
  ///   depends on a value that isn't constant stays unknown and is no error here.
  public mutating func inferOutputs(of node: Node) throws(OctetError) -> Bool {
    guard case .known(let operation) = node.operation, let operands = operands(of: node) else {
      return false
    }
    let inferred: [OutputSpec]
    do {
      inferred = try operation.inferOutputs(operands)
    } catch {
      if case .valueNotConstant = error.code { return false }
      throw error.within("\(operation.definition.identity.name) '\(node.name)'")
    }
    var isNew = false
    for (output, spec) in zip(node.outputs, inferred) {
      if self[output].shape != spec.shape {
        self[output].shape = spec.shape
        isNew = true
      }
      if self[output].quantization == nil, self[output].type != spec.type {
        self[output].type = spec.type
        isNew = true
      }
    }
    return isNew
  }

  /// Computes a node's outputs with the reference kernel where all its inputs are constants.
  ///
  /// The outputs become constants; the node is left in place for the caller to remove. Results that
  /// are larger than what is left of `foldableByteCount` are left to run time.
  ///
  /// - Returns: whether the outputs are constants now.
  /// - Throws: what stands in the way of preparing the operator, or the kernel finds wrong with the
  ///   constants, within the node's name.
  public mutating func foldConstants(of node: Node) throws(OctetError) -> Bool {
    guard case .known(let operation) = node.operation, operation.definition.isRepeatable,
      let operands = operands(of: node),
      operands.specs.allSatisfy({ $0 == nil || $0?.constant != nil })
    else { return false }
    var specs: [TensorSpec] = []
    for output in node.outputs {
      guard let spec = spec(of: output) else { return false }
      specs.append(spec)
    }
    let place = "\(operation.definition.identity.name) '\(node.name)'"
    let prepared: PreparedOperator
    do { prepared = try operation.prepared(operands, specs) } catch { throw error.within(place) }
    var byteCounts: [Int] = []
    var remaining = foldableByteCount
    for spec in specs {
      guard let count = spec.type.byteCount(elements: spec.shape.elementCount), count <= remaining
      else { return false }
      byteCounts.append(count)
      remaining -= count
    }
    let results: [Bytes]
    do { results = try prepared.results(of: operands, byteCounts) } catch {
      throw error.within(place)
    }
    foldableByteCount = remaining
    for (output, result) in zip(node.outputs, results) { self[output].constant = result }
    return true
  }
}

extension PreparedOperator {
  /// What the operator computes from constants.
  ///
  /// - Throws: what the kernel finds wrong with them.
  fileprivate func results(
    of operands: Operands, _ byteCounts: [Int]
  ) throws(OctetError) -> [Bytes] {
    let memory = byteCounts.map { byteCount in
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 16)
      buffer.initializeMemory(as: UInt8.self, repeating: 0)
      return buffer
    }
    // From here on the results own the memory, also where the kernel fails.
    let results = memory.map { Bytes(adopting: $0) }
    let context = KernelContext()
    withAddresses(of: operands.specs.map { $0?.constant }) { inputs in
      run(inputs: inputs, outputs: memory, context: context)
    }
    try context.throwFailure()
    return results
  }
}

/// Calls `body` with the addresses of all `constants`, which stay valid during the call.
private func withAddresses(
  of constants: [Bytes?], _ body: ([UnsafeRawBufferPointer?]) -> Void
) {
  var addresses: [UnsafeRawBufferPointer?] = []
  for constant in constants { addresses.append(constant?.withUnsafeBytes { $0 }) }
  // The storage behind `Bytes` never moves; only its lifetime needs care.
  withExtendedLifetime(constants) { body(addresses) }
}
