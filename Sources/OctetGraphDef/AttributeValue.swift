import OctetCore

/// The value of a node's attribute.
///
/// Source: `AttrValue` in TensorFlow's `attr_value.proto`.
public enum AttributeValue: Hashable, Sendable {
  /// Bytes, mostly but not always UTF-8.
  case string(Bytes)
  case integer(Int)
  case float(Float)
  case boolean(Bool)
  case type(DataType)
  case shape(PartialShape)
  case tensor(TensorValue)
  /// A constant of a type whose elements have no place in a TFLite model.
  case opaqueTensor(DataType)
  case list(AttributeList)
  case function(FunctionReference)
  /// Inside a function: stands for the attribute of that name of the function.
  case placeholder(String)
  /// An entry without a value.
  case unset
}

/// Values of one kind; the file doesn't say of which kind an empty list is.
public enum AttributeList: Hashable, Sendable {
  case empty
  case strings([Bytes])
  case integers([Int])
  case floats([Float])
  case booleans([Bool])
  case types([DataType])
  case shapes([PartialShape])
  case tensors([AttributeValue])
  case functions([FunctionReference])
}

/// A function by name, with values for its own attributes.
public struct FunctionReference: Hashable, Sendable {
  /// The function's name, or an operation's.
  public let name: String
  /// Values for the attributes that its body leaves open.
  public let attributes: [String: AttributeValue]

  /// A reference to the function `name`.
  public init(name: String, attributes: [String: AttributeValue] = [:]) {
    self.name = name
    self.attributes = attributes
  }
}

extension AttributeValue {
  /// The kind of value in words, with an article: `an integer`, `a list of strings`.
  public var kind: String {
    switch self {
    case .string: "a string"
    case .integer: "an integer"
    case .float: "a float"
    case .boolean: "a boolean"
    case .type: "a type"
    case .shape: "a shape"
    case .tensor: "a tensor"
    case .opaqueTensor(let type): "a tensor of \(type)"
    case .list(let list): list.kind
    case .function: "a function"
    case .placeholder: "a placeholder"
    case .unset: "empty"
    }
  }
}

extension AttributeList {
  /// The kind of list in words.
  public var kind: String {
    switch self {
    case .empty: "an empty list"
    case .strings: "a list of strings"
    case .integers: "a list of integers"
    case .floats: "a list of floats"
    case .booleans: "a list of booleans"
    case .types: "a list of types"
    case .shapes: "a list of shapes"
    case .tensors: "a list of tensors"
    case .functions: "a list of functions"
    }
  }
}
