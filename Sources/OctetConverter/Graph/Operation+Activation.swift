import OctetCore
import OctetFormat
import OctetOperators

extension Operation {
  private static let activationField = "fused_activation_function"

  /// The activation fused into the operator; `.none` where its options have no such field.
  var fusedActivation: Activation {
    guard case .known(let operation) = self, let table = operation.encodedOptions().table else {
      return .none
    }
    return (try? table.enumeration(Self.activationField, default: .none)) ?? .none
  }

  /// The same operation with another fused activation.
  ///
  /// - Throws: `.invalidOption` where the operator's definition doesn't take it.
  func fusing(_ activation: Activation) throws(OctetError) -> Operation {
    guard case .known(let operation) = self, var table = operation.encodedOptions().table else {
      return self
    }
    table.fields[Self.activationField] = .integer(Int64(activation.rawValue))
    return try operation.definition.operation(decoding: RawOptions(table: table))
  }
}

extension Node {
  /// The activation that this node computes and nothing else; nil where it does another thing.
  var activation: Activation? {
    switch builtin {
    case .relu: .relu
    case .reluN1To1: .reluN1To1
    case .relu6: .relu6
    default: nil
    }
  }
}
