import OctetCore

/// Attributes by name and type. All throw `.attributeMismatch` at the node for another kind of
/// value; without a default also for a missing attribute.
extension NodeDefinition {
  /// A string, as UTF-8 text.
  public func string(
    _ name: String, default value: String? = nil
  ) throws(OctetError) -> String {
    try attribute(name, "a string of UTF-8", default: value) {
      if case .string(let bytes) = $0 { bytes.text } else { nil }
    }
  }

  /// An integer.
  public func integer(_ name: String, default value: Int? = nil) throws(OctetError) -> Int {
    try attribute(name, "an integer", default: value) {
      if case .integer(let number) = $0 { number } else { nil }
    }
  }

  /// A float.
  public func float(_ name: String, default value: Float? = nil) throws(OctetError) -> Float {
    try attribute(name, "a float", default: value) {
      if case .float(let number) = $0 { number } else { nil }
    }
  }

  /// A boolean.
  public func boolean(_ name: String, default value: Bool? = nil) throws(OctetError) -> Bool {
    try attribute(name, "a boolean", default: value) {
      if case .boolean(let flag) = $0 { flag } else { nil }
    }
  }

  /// An element type.
  public func type(_ name: String, default value: DataType? = nil) throws(OctetError) -> DataType {
    try attribute(name, "a type", default: value) {
      if case .type(let type) = $0 { type } else { nil }
    }
  }

  /// A shape, perhaps known in part.
  public func shape(
    _ name: String, default value: PartialShape? = nil
  ) throws(OctetError) -> PartialShape {
    try attribute(name, "a shape", default: value) {
      if case .shape(let shape) = $0 { shape } else { nil }
    }
  }

  /// A constant.
  public func tensor(_ name: String) throws(OctetError) -> TensorValue {
    try attribute(name, "a tensor of numbers, booleans or strings", default: nil) {
      if case .tensor(let tensor) = $0 { tensor } else { nil }
    }
  }

  /// A function.
  public func function(_ name: String) throws(OctetError) -> FunctionReference {
    try attribute(name, "a function", default: nil) {
      if case .function(let function) = $0 { function } else { nil }
    }
  }

  /// A list of strings, as UTF-8 text.
  public func strings(
    _ name: String, default value: [String]? = nil
  ) throws(OctetError) -> [String] {
    try list(name, "a list of strings of UTF-8", default: value) {
      guard case .strings(let list) = $0 else { return nil }
      let texts = list.compactMap(\.text)
      return texts.count == list.count ? texts : nil
    }
  }

  /// A list of integers.
  public func integers(_ name: String, default value: [Int]? = nil) throws(OctetError) -> [Int] {
    try list(name, "a list of integers", default: value) {
      if case .integers(let list) = $0 { list } else { nil }
    }
  }

  /// A list of floats.
  public func floats(_ name: String, default value: [Float]? = nil) throws(OctetError) -> [Float] {
    try list(name, "a list of floats", default: value) {
      if case .floats(let list) = $0 { list } else { nil }
    }
  }

  /// A list of booleans.
  public func booleans(_ name: String, default value: [Bool]? = nil) throws(OctetError) -> [Bool] {
    try list(name, "a list of booleans", default: value) {
      if case .booleans(let list) = $0 { list } else { nil }
    }
  }

  /// A list of element types.
  public func types(
    _ name: String, default value: [DataType]? = nil
  ) throws(OctetError) -> [DataType] {
    try list(name, "a list of types", default: value) {
      if case .types(let list) = $0 { list } else { nil }
    }
  }

  /// A list of shapes, perhaps known in part.
  public func shapes(
    _ name: String, default value: [PartialShape]? = nil
  ) throws(OctetError) -> [PartialShape] {
    try list(name, "a list of shapes", default: value) {
      if case .shapes(let list) = $0 { list } else { nil }
    }
  }

  private func attribute<Value>(
    _ name: String, _ expected: String, default value: Value?, _ extract: (AttributeValue) -> Value?
  ) throws(OctetError) -> Value {
    let attribute = attributes[name]
    if let attribute, let extracted = extract(attribute) { return extracted }
    if attribute == nil, let value { return value }
    throw OctetError(
      .attributeMismatch(name: name, expected: expected, found: attribute?.kind), at: [place])
  }

  private func list<Element>(
    _ name: String, _ expected: String, default value: [Element]?,
    _ extract: (AttributeList) -> [Element]?
  ) throws(OctetError) -> [Element] {
    try attribute(name, expected, default: value) {
      guard case .list(let list) = $0 else { return nil }
      return list == .empty ? [] : extract(list)
    }
  }
}

extension Bytes {
  /// The bytes as text; nil where they aren't UTF-8.
  fileprivate var text: String? {
    withUnsafeBytes { String(validating: $0, as: UTF8.self) }
  }
}
