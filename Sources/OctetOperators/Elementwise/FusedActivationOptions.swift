import OctetCore
import OctetFormat

/// Options of an operator that has a fused activation and nothing else.
public struct FusedActivationOptions: Hashable, Sendable {
  /// What is applied to the results.
  public var activation: Activation

  /// An activation.
  public init(activation: Activation = .none) {
    self.activation = activation
  }

  init(_ table: OptionsTable) throws(OctetError) {
    activation = try table.enumeration("fused_activation_function", default: .none)
  }

  var fields: [String: OptionsTable.Value] {
    ["fused_activation_function": .integer(Int64(activation.rawValue))]
  }
}
