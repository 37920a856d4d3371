import OctetCore

/// The gates of an LSTM cell, in the order that operators list them in.
enum LSTMGate: Int, CaseIterable {
  case input, forget, cell, output

  /// The weights from the cell's state; the gate of new values has none.
  var peephole: Int? {
    switch self {
    case .input: 0
    case .forget: 1
    case .cell: nil
    case .output: 2
    }
  }
}

/// Where an operator's inputs hold the parts of one LSTM cell.
///
/// Weights and biases come in the order of `LSTMGate`; each number is that of the first gate's.
struct LSTMInputs: Hashable, Sendable {
  var inputWeights: Int
  var recurrentWeights: Int
  var peepholeWeights: Int
  var biases: Int
  var projectionWeights: Int
  var projectionBias: Int
  var outputState: Int
  var cellState: Int
  /// Nil where the operator has no layer normalization.
  var normalization: Int?
  /// Nil where the operator has no auxiliary input.
  var auxiliaryWeights: Int?

  /// The inputs of `LSTM` and `UNIDIRECTIONAL_SEQUENCE_LSTM`.
  static let unidirectional = LSTMInputs(
    inputWeights: 1, recurrentWeights: 5, peepholeWeights: 9, biases: 12, projectionWeights: 16,
    projectionBias: 17, outputState: 18, cellState: 19, normalization: 20)

  /// The forward cell of `BIDIRECTIONAL_SEQUENCE_LSTM`.
  static let forward = LSTMInputs(
    inputWeights: 1, recurrentWeights: 5, peepholeWeights: 9, biases: 12, projectionWeights: 16,
    projectionBias: 17, outputState: 35, cellState: 36, auxiliaryWeights: 40)

  /// The backward cell of `BIDIRECTIONAL_SEQUENCE_LSTM`.
  static let backward = LSTMInputs(
    inputWeights: 18, recurrentWeights: 22, peepholeWeights: 26, biases: 29,
    projectionWeights: 33, projectionBias: 34, outputState: 37, cellState: 38,
    auxiliaryWeights: 44)
}

/// The extents of an LSTM cell, and which of its optional parts are there.
struct LSTMExtents: Hashable, Sendable {
  let inputs: Int
  let cells: Int
  let outputs: Int
  /// Elements of the auxiliary input; 0 without one.
  let auxiliaryInputs: Int
  /// Whether the input gate is one minus the forget gate.
  let couplesInputAndForget: Bool
  let hasPeepholes: Bool
  let hasProjection: Bool
  let hasNormalization: Bool

  /// Takes the extents from the weights of the output gate.
  ///
  /// - Throws: `.missingInput`, `.invalidShape`, and `.malformedModel` where parts are there only in
  ///   part.
  init(
    _ operands: Operands, _ roles: LSTMInputs, inputs: Int, auxiliaryInputs: Int = 0
  ) throws(OctetError) {
    let output = LSTMGate.output.rawValue
    let weights = try operands.required(roles.inputWeights + output, "weights of the output gate")
    let recurrent = try operands.required(
      roles.recurrentWeights + output, "recurrent weights of the output gate")
    for spec in [weights, recurrent] where spec.shape.rank != 2 || spec.shape.elementCount == 0 {
      throw OctetError(
        .invalidShape(
          spec.shape.dimensions, reason: "weights must have rank 2 and not be empty"))
    }
    self.inputs = inputs
    self.auxiliaryInputs = auxiliaryInputs
    cells = weights.shape[0]
    outputs = recurrent.shape[1]
    couplesInputAndForget = operands.optional(roles.inputWeights) == nil
    let peepholes = (0..<3).map { operands.optional(roles.peepholeWeights + $0) != nil }
    hasPeepholes = peepholes[1]
    hasProjection = operands.optional(roles.projectionWeights) != nil
    hasNormalization =
      roles.normalization.map { operands.optional($0 + LSTMGate.forget.rawValue) != nil } ?? false
    let isCoupledThroughout =
      (operands.optional(roles.recurrentWeights) == nil) == couplesInputAndForget
      && (operands.optional(roles.biases) == nil) == couplesInputAndForget
    guard isCoupledThroughout, peepholes[1] == peepholes[2],
      hasPeepholes ? peepholes[0] || couplesInputAndForget : !peepholes[0],
      hasProjection || operands.optional(roles.projectionBias) == nil
    else {
      throw OctetError(
        .malformedModel(reason: "weights of one kind must be there for all gates or for none"))
    }
    guard hasProjection || outputs == cells else {
      throw OctetError(
        .invalidShape(
          recurrent.shape.dimensions,
          reason: "without a projection there must be as many outputs as cells"))
    }
  }

  /// The gates that are computed.
  var gates: [LSTMGate] {
    couplesInputAndForget ? [.forget, .cell, .output] : LSTMGate.allCases
  }
}
