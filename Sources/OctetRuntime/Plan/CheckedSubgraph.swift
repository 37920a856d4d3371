import OctetCore
import OctetFormat
import OctetOperators

/// One graph of a model after every check that needs no shapes: indices are in range, each tensor
/// has one origin, and nothing is read before it is written.
struct CheckedSubgraph: Sendable {
  /// The model that the graph is part of.
  let model: Model
  let tensors: [DeclaredTensor]
  let operators: [CheckedOperator]
  /// Indices into `tensors`.
  let inputs: [Int]
  /// Indices into `tensors`.
  let outputs: [Int]

  /// Checks a graph of a model.
  ///
  /// - Parameter budget: what the dense forms of sparse constants may take, of all graphs together.
  /// - Throws: `.malformedModel`, `.invalidQuantization`, `.limitExceeded`; all problems at once.
  init(
    _ subgraph: Subgraph, of model: Model, _ budget: inout DenseConstantBudget
  ) throws(OctetError) {
    self.model = model
    try Self.checkIndices(subgraph, of: model)
    let origins = try TensorOrigin.origins(in: subgraph)
    tensors = try DeclaredTensor.tensors(
      of: subgraph, in: model, origins: origins, &budget)
    operators = subgraph.operators.enumerated().map { index, step in
      CheckedOperator(step, code: model.operatorCodes[step.code], index: index)
    }
    inputs = subgraph.inputs
    outputs = subgraph.outputs
    try checkReads()
  }

  private static func checkIndices(
    _ subgraph: Subgraph, of model: Model
  ) throws(OctetError) {
    var problems = Problems()
    let tensorRange = subgraph.tensors.indices
    for (role, indices) in [("input", subgraph.inputs), ("output", subgraph.outputs)] {
      for (position, tensor) in indices.enumerated() where !tensorRange.contains(tensor) {
        problems.add(.malformedModel(reason: "there is no tensor \(tensor)"), "\(role) \(position)")
      }
    }
    for (index, tensor) in subgraph.tensors.enumerated()
    where tensor.buffer != 0 && !model.buffers.indices.contains(tensor.buffer) {
      problems.add(
        .malformedModel(reason: "there is no buffer \(tensor.buffer)"), "tensor \(index)")
    }
    for (index, step) in subgraph.operators.enumerated() {
      guard model.operatorCodes.indices.contains(step.code) else {
        problems.add(
          .malformedModel(reason: "there is no operator code \(step.code)"), "operator \(index)")
        continue
      }
      for tensor in step.inputs.compactMap({ $0 }) + step.outputs + step.intermediates
      where !tensorRange.contains(tensor) {
        problems.add(
          .malformedModel(reason: "there is no tensor \(tensor)"),
          "operator \(index) \(model.operatorCodes[step.code].name)")
      }
    }
    try problems.throwIfAny()
  }

  /// Every tensor that an operator or the caller reads must have a value by then.
  private func checkReads() throws(OctetError) {
    var problems = Problems()
    for step in operators {
      for (position, tensor) in step.inputs.enumerated() {
        guard let tensor else { continue }
        switch tensors[tensor].origin {
        case .computed(let writer) where writer >= step.index:
          problems.add(
            .malformedModel(
              reason: "'\(tensors[tensor].name)' is read before operator \(writer) writes it"),
            step.place, "input \(position)")
        case .unwritten:
          problems.add(unwritten(tensor), step.place, "input \(position)")
        default: break
        }
      }
    }
    for (position, tensor) in outputs.enumerated() {
      if case .unwritten = tensors[tensor].origin {
        problems.add(unwritten(tensor), "output \(position)")
      }
    }
    try problems.throwIfAny()
  }

  private func unwritten(_ tensor: Int) -> OctetError.Code {
    .malformedModel(
      reason: "'\(tensors[tensor].name)' is no input, has no data, and no operator writes it")
  }
}

/// One step of a checked graph.
struct CheckedOperator: Sendable {
  /// Position in the execution order.
  let index: Int
  let code: OperatorCode
  /// Indices into the graph's tensors; nil for an optional input left out.
  let inputs: [Int?]
  /// Indices into the graph's tensors.
  let outputs: [Int]
  /// Indices into the graph's tensors, which nothing computes; only their quantization counts.
  let intermediates: [Int]
  let options: RawOptions

  init(_ step: Operator, code: OperatorCode, index: Int) {
    self.index = index
    self.code = code
    inputs = step.inputs
    outputs = step.outputs
    intermediates = step.intermediates
    options = RawOptions(
      table: step.options ?? step.options2,
      custom: step.customOptions ?? step.largeCustomOptions)
  }

  /// How error paths name the operator: `operator 3 CONV_2D`.
  var place: String { "operator \(index) \(code.name)" }
}

/// Collects errors so that all of them can be thrown at once.
struct Problems {
  private(set) var errors: [OctetError] = []

  var isEmpty: Bool { errors.isEmpty }

  mutating func add(_ code: OctetError.Code, _ place: String...) {
    errors.append(OctetError(code, at: place))
  }

  mutating func add(_ error: OctetError) {
    errors.append(error)
  }

  func throwIfAny() throws(OctetError) {
    if !errors.isEmpty { throw OctetError.combined(errors) }
  }
}
