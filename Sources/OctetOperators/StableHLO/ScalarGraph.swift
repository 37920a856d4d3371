import OctetCore
import OctetFormat

/// A subgraph whose tensors are all single elements, checked and prepared in execution order.
struct ScalarGraph {
  /// One operator.
  struct Step {
    var kernel: PreparedOperator
    var inputs: [Int?]
    var outputs: [Int]
  }

  /// What is known of each tensor; nil for those that nothing writes.
  private(set) var specs: [TensorSpec?]
  private(set) var steps: [Step] = []
  private let subgraph: Subgraph
  private let model: Model

  /// - Parameter arguments: the element types that it must take.
  /// - Throws: see `ScalarComputation`.
  init(_ subgraph: Subgraph, of model: Model, arguments: [ElementType]) throws(OctetError) {
    self.subgraph = subgraph
    self.model = model
    specs = [TensorSpec?](repeating: nil, count: subgraph.tensors.count)
    try checkIndices()
    guard Set(subgraph.inputs).count == subgraph.inputs.count,
      subgraph.inputs.map({ subgraph.tensors[$0].type }) == arguments
    else { throw OctetError(.malformedModel(reason: "its arguments are not \(arguments)")) }
    for tensor in subgraph.inputs { specs[tensor] = try scalar(tensor) }
    for tensor in subgraph.tensors.indices where specs[tensor] == nil {
      if let data = model.constantData(of: subgraph.tensors[tensor]) {
        specs[tensor] = try scalar(tensor, constant: data)
      }
    }
    for (index, step) in subgraph.operators.enumerated() {
      do throws(OctetError) {
        steps.append(try prepared(step))
      } catch {
        throw error.within("operator \(index) \(model.operatorCodes[step.code].name)")
      }
    }
    for tensor in subgraph.outputs where specs[tensor] == nil {
      throw OctetError(.malformedModel(reason: "nothing writes tensor \(tensor)"))
    }
  }

  private func checkIndices() throws(OctetError) {
    let range = subgraph.tensors.indices
    let steps = subgraph.operators
    let used =
      subgraph.inputs + subgraph.outputs
      + steps.flatMap { $0.inputs.compactMap { $0 } + $0.outputs }
    guard used.allSatisfy(range.contains),
      steps.allSatisfy({ model.operatorCodes.indices.contains($0.code) })
    else { throw OctetError(.malformedModel(reason: "it refers to what is not there")) }
  }

  private func scalar(
    _ tensor: Int, type: ElementType? = nil, constant: Bytes? = nil
  ) throws(OctetError) -> TensorSpec {
    let declared = subgraph.tensors[tensor]
    let type = type ?? declared.type
    let shape = try Shape(declared.shape)
    guard shape.elementCount == 1, let byteCount = type.byteCount(elements: 1),
      !declared.isVariable
    else { throw OctetError(.unsupported(what: "a computation on more than scalars")) }
    if let constant, constant.count != byteCount {
      throw OctetError(.malformedModel(reason: "\(constant.count) bytes of data for a scalar"))
    }
    return TensorSpec(
      name: declared.name ?? "tensor \(tensor)", type: type, shape: shape,
      quantization: try declared.affineQuantization, constant: constant)
  }

  private mutating func prepared(_ step: Operator) throws(OctetError) -> Step {
    let code = model.operatorCodes[step.code]
    guard let definition = OperatorRegistry.standard[code] else {
      throw OctetError(.unsupportedOperator(name: code.name))
    }
    let version = max(1, Int(code.version))
    guard definition.versions.contains(version) else {
      throw OctetError(
        .unsupportedVersion(
          name: code.name, version: version, supported: definition.versions))
    }
    var inputs: [TensorSpec?] = []
    for tensor in step.inputs {
      guard let tensor else {
        inputs.append(nil)
        continue
      }
      guard let spec = specs[tensor] else {
        throw OctetError(.malformedModel(reason: "it reads tensor \(tensor) before it is written"))
      }
      inputs.append(spec)
    }
    // Without a model: computations within computations are refused.
    let operands = Operands(
      inputs, declaredOutputTypes: step.outputs.map { subgraph.tensors[$0].type },
      declaredOutputShapes: step.outputs.map { subgraph.tensors[$0].shape })
    let options = RawOptions(table: step.options ?? step.options2, custom: step.customOptions)
    let inferred = try definition.inferOutputs(decoding: options, operands)
    guard inferred.count == step.outputs.count else {
      throw OctetError(
        .wrongCount(
          what: "outputs", expected: inferred.count...inferred.count, found: step.outputs.count))
    }
    var outputs: [TensorSpec] = []
    for (tensor, output) in zip(step.outputs, inferred) {
      guard specs[tensor] == nil, output.type == subgraph.tensors[tensor].type,
        output.shape.elementCount == 1
      else {
        throw OctetError(
          .malformedModel(reason: "tensor \(tensor) is not what the operator gives"))
      }
      var spec = try scalar(tensor, type: output.type)
      spec.shape = output.shape
      specs[tensor] = spec
      outputs.append(spec)
    }
    return Step(
      kernel: try definition.prepared(decoding: options, operands, outputs), inputs: step.inputs,
      outputs: step.outputs)
  }
}
