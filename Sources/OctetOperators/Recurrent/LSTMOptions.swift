import OctetCore
import OctetFormat

/// What the options of all LSTM operators have in common.
public struct LSTMOptions: Hashable, Sendable {
  /// The activation of new values and of the state.
  public var activation: Activation
  /// The bound on the cell's state; 0 for none.
  public var cellClip: Float
  /// The bound on projected outputs; 0 for none.
  public var projectionClip: Float
  /// Whether float inputs to integer weights are quantized around a zero point.
  public var quantizesInputsAsymmetrically: Bool

  /// LSTM options.
  public init(
    activation: Activation = .tanh, cellClip: Float = 0, projectionClip: Float = 0,
    quantizesInputsAsymmetrically: Bool = false
  ) {
    self.activation = activation
    self.cellClip = cellClip
    self.projectionClip = projectionClip
    self.quantizesInputsAsymmetrically = quantizesInputsAsymmetrically
  }

  /// Reads the fields that the tables of all LSTM operators have.
  ///
  /// - Throws: `.invalidOption`; also for bounds that aren't finite or below 0.
  init(_ table: OptionsTable) throws(OctetError) {
    activation = try table.enumeration("fused_activation_function", default: .none)
    cellClip = try table.float("cell_clip", default: 0)
    projectionClip = try table.float("proj_clip", default: 0)
    quantizesInputsAsymmetrically = try table.boolean("asymmetric_quantize_inputs", default: false)
    for (name, bound) in [("cell_clip", cellClip), ("proj_clip", projectionClip)]
    where !(bound >= 0 && bound.isFinite) {
      throw OctetError(.invalidOption(name: name, value: "\(bound)"))
    }
  }

  /// The fields in a file's form.
  var fields: [String: OptionsTable.Value] {
    [
      "fused_activation_function": .integer(Int64(activation.rawValue)),
      "cell_clip": .real(Double(cellClip)),
      "proj_clip": .real(Double(projectionClip)),
      "asymmetric_quantize_inputs": .integer(quantizesInputsAsymmetrically ? 1 : 0),
    ]
  }
}
