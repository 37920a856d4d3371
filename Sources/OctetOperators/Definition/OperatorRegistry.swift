import OctetFormat

/// The operators that a converter or interpreter knows, by identity.
///
/// Users add their own custom operators to a copy of `standard`.
public struct OperatorRegistry: Sendable {
  private var definitions: [OperatorIdentity: any OperatorDefinition.Type]

  /// Every operator of this package.
  public static let standard = OperatorRegistry(standardOperators + stableHLOOperators)

  /// A registry of these definitions; of two with one identity the later wins.
  public init(_ list: [any OperatorDefinition.Type]) {
    definitions = [:]
    for definition in list { register(definition) }
  }

  /// Adds a definition, or replaces the one of the same identity.
  public mutating func register(_ definition: any OperatorDefinition.Type) {
    definitions[definition.identity] = definition
  }

  /// The definition of an operator; nil where none is registered.
  public subscript(identity: OperatorIdentity) -> (any OperatorDefinition.Type)? {
    definitions[identity]
  }

  /// The definition that an operator code of a file refers to.
  public subscript(code: OperatorCode) -> (any OperatorDefinition.Type)? {
    self[
      code.builtin == .custom ? .custom(code.customName ?? "") : .builtin(code.builtin)]
  }

  /// All definitions, sorted by name.
  public var all: [any OperatorDefinition.Type] {
    definitions.values.sorted { $0.identity.name < $1.identity.name }
  }
}
