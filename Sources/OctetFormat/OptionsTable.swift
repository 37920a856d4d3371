import OctetCore

/// The options of an operator as the file stores them: a table's name and the fields present.
///
/// Fields are keyed by their names in `Schemas/tflite.fbs`. A field equal to its default is
/// usually absent; the typed accessors supply the default. Reading and writing every table of the
/// schema this one way keeps options that no operator here interprets.
public struct OptionsTable: Hashable, Sendable {
  /// The table's name in the schema: `Conv2DOptions`.
  public var name: String
  /// The fields that are present.
  public var fields: [String: Value]

  /// One field's value.
  public enum Value: Hashable, Sendable {
    /// Integers, enumerations and Booleans (0 or 1) of any width.
    case integer(Int64)
    /// `float` and `double`.
    case real(Double)
    case string(String)
    /// A vector of integers, enumerations or Booleans of any width but `ubyte`.
    case integers([Int64])
    /// A vector of `ubyte`: opaque data.
    case bytes(Bytes)
    /// A vector of `float` or `double`.
    case reals([Double])
    case strings([String])
    /// A table inside the table.
    case table(OptionsTable)
    /// A vector of tables.
    case tables([OptionsTable])
  }

  /// A table with the given fields.
  public init(name: String, fields: [String: Value] = [:]) {
    self.name = name
    self.fields = fields
  }
}

extension OptionsTable {
  /// An integer field narrowed to `Int`, or `fallback` where it is absent.
  ///
  /// - Throws: `.invalidOption` where the field is of another kind.
  public func integer(_ field: String, default fallback: Int) throws(OctetError) -> Int {
    switch fields[field] {
    case nil: return fallback
    case .integer(let value): return Int(value)
    case .some(let other): throw Self.wrongKind(field, other)
    }
  }

  /// A Boolean field, or `fallback` where it is absent.
  public func boolean(_ field: String, default fallback: Bool) throws(OctetError) -> Bool {
    try integer(field, default: fallback ? 1 : 0) != 0
  }

  /// A floating-point field, or `fallback` where it is absent.
  public func float(_ field: String, default fallback: Float) throws(OctetError) -> Float {
    switch fields[field] {
    case nil: return fallback
    case .real(let value): return Float(value)
    case .some(let other): throw Self.wrongKind(field, other)
    }
  }

  /// A field that holds one of an enumeration's raw values, or `fallback` where it is absent.
  ///
  /// - Throws: `.invalidOption` where the value is none of the enumeration's.
  public func enumeration<Choice: RawRepresentable>(
    _ field: String, default fallback: Choice
  ) throws(OctetError) -> Choice where Choice.RawValue == Int8 {
    guard fields[field] != nil else { return fallback }
    let raw = try integer(field, default: 0)
    guard let narrow = Int8(exactly: raw), let choice = Choice(rawValue: narrow) else {
      throw OctetError(.invalidOption(name: field, value: "\(raw)"))
    }
    return choice
  }

  /// A vector of integers, or nil where it is absent.
  public func integers(_ field: String) throws(OctetError) -> [Int]? {
    switch fields[field] {
    case nil: return nil
    case .integers(let values): return values.map(Int.init)
    case .some(let other): throw Self.wrongKind(field, other)
    }
  }

  /// A vector of numbers, or nil where it is absent.
  public func reals(_ field: String) throws(OctetError) -> [Double]? {
    switch fields[field] {
    case nil: return nil
    case .reals(let values): return values
    case .some(let other): throw Self.wrongKind(field, other)
    }
  }

  /// A string, or nil where it is absent.
  public func string(_ field: String) throws(OctetError) -> String? {
    switch fields[field] {
    case nil: return nil
    case .string(let value): return value
    case .some(let other): throw Self.wrongKind(field, other)
    }
  }

  private static func wrongKind(_ field: String, _ value: Value) -> OctetError {
    OctetError(.invalidOption(name: field, value: "\(value)"))
  }
}
