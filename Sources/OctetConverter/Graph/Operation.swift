import OctetCore
import OctetOperators

/// What a node computes: a known operator with its options, or one that only its name is known of.
public enum Operation: Sendable {
  /// An operator of the registry, or one that exists only while converting.
  case known(any KnownOperation)
  /// A TensorFlow operation without a counterpart; it becomes a custom operator on request.
  case opaque(OpaqueOperation)

  /// An operator with its options.
  public init<Definition: OperatorDefinition>(
    _ definition: Definition.Type, _ options: Definition.Options
  ) {
    self = .known(Invocation<Definition>(options: options))
  }

  /// An operator without options.
  public init<Definition: OperatorDefinition>(
    _ definition: Definition.Type
  ) where Definition.Options == NoOptions {
    self = .known(Invocation<Definition>(options: NoOptions()))
  }

  /// The definition; nil for an opaque operation.
  public var definition: (any OperatorDefinition.Type)? {
    switch self {
    case .known(let operation): operation.definition
    case .opaque: nil
    }
  }

  /// The options where this is operator `Definition`, else nil.
  public func options<Definition: OperatorDefinition>(
    of definition: Definition.Type
  ) -> Definition.Options? {
    guard case .known(let operation) = self else { return nil }
    return (operation as? Invocation<Definition>)?.options
  }

  /// The operator's name: `CONV_2D`.
  public var name: String {
    switch self {
    case .known(let operation): operation.definition.identity.name
    case .opaque(let operation): operation.name
    }
  }
}

extension Operation: Hashable {
  public static func == (left: Operation, right: Operation) -> Bool {
    switch (left, right) {
    case (.known(let a), .known(let b)): AnyHashable(a) == AnyHashable(b)
    case (.opaque(let a), .opaque(let b)): a == b
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
  }
}

/// An operation of which only the name is known: a custom operator of the model.
public struct OpaqueOperation: Hashable, Sendable {
  /// The custom operator's name.
  public var name: String
  /// Its options, a flexbuffer.
  public var customOptions: Bytes
  /// What the graph's author says of its arithmetic.
  public var quantization: QuantizationRule

  /// An operation that computes in float unless its author says otherwise.
  public init(name: String, customOptions: Bytes, quantization: QuantizationRule = .floatOnly) {
    self.name = name
    self.customOptions = customOptions
    self.quantization = quantization
  }
}

/// An operator with its options, the definition's type erased.
public protocol KnownOperation: Hashable, Sendable {
  /// The operator.
  var definition: any OperatorDefinition.Type { get }

  /// The options in a file's form.
  func encodedOptions() -> RawOptions

  /// Types and shapes of the outputs.
  func inferOutputs(_ inputs: Operands) throws(OctetError) -> [OutputSpec]

  /// The reference kernel with its plan.
  func prepared(
    _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> PreparedOperator

  /// The real values of the first output, where they follow from those of the inputs.
  func outputInterval(_ inputs: [RealInterval?]) -> RealInterval?

  /// The version that a file must state.
  func version(_ inputs: Operands, _ outputs: [TensorSpec]) -> Int
}

/// An operator of static type `Definition` with its options.
struct Invocation<Definition: OperatorDefinition>: KnownOperation {
  var options: Definition.Options

  var definition: any OperatorDefinition.Type { Definition.self }

  func encodedOptions() -> RawOptions { Definition.encode(options) }

  func inferOutputs(_ inputs: Operands) throws(OctetError) -> [OutputSpec] {
    try Definition.inferOutputs(options, inputs)
  }

  func prepared(
    _ inputs: Operands, _ outputs: [TensorSpec]
  ) throws(OctetError) -> PreparedOperator {
    try Definition.prepared(options, inputs, outputs)
  }

  func outputInterval(_ inputs: [RealInterval?]) -> RealInterval? {
    Definition.outputInterval(options, inputs)
  }

  func version(_ inputs: Operands, _ outputs: [TensorSpec]) -> Int {
    Definition.version(options, inputs, outputs)
  }
}

extension OperatorDefinition {
  /// The operation of this definition with options in a file's form.
  package static func operation(decoding raw: RawOptions) throws(OctetError) -> Operation {
    Operation(self, try decode(raw))
  }
}
