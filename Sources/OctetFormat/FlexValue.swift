import OctetCore

/// A value without a schema: what custom operators keep their options in.
///
/// Source: FlatBuffers' FlexBuffers.
public enum FlexValue: Hashable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int64)
  case unsigned(UInt64)
  case real(Double)
  case string(String)
  case blob(Bytes)
  case vector([FlexValue])
  case map([String: FlexValue])
}

extension FlexValue {
  /// The value under a key; null where there is none, or where this is no map.
  public subscript(key: String) -> FlexValue {
    if case .map(let entries) = self { return entries[key] ?? .null }
    return .null
  }

  /// The value as an integer: a Boolean is 0 or 1, a real is cut off; nil where it doesn't fit.
  public var asInteger: Int? {
    switch self {
    case .boolean(let value): value ? 1 : 0
    case .integer(let value): Int(exactly: value)
    case .unsigned(let value): Int(exactly: value)
    case .real(let value): Int(exactly: value.rounded(.towardZero))
    default: nil
    }
  }

  /// The value as a single-precision number; nil where it is no number.
  public var asFloat: Float? {
    switch self {
    case .boolean(let value): value ? 1 : 0
    case .integer(let value): Float(value)
    case .unsigned(let value): Float(value)
    case .real(let value): Float(value)
    default: nil
    }
  }

  /// The value as a truth: a number is true unless it is zero; nil where it is no number.
  public var asBoolean: Bool? {
    switch self {
    case .boolean(let value): value
    case .integer(let value): value != 0
    case .unsigned(let value): value != 0
    case .real(let value): value != 0
    default: nil
    }
  }
}

/// The type codes of FlexBuffers, in the upper six bits of a packed type.
///
/// Source: `flexbuffers::Type`.
enum FlexType {
  static let null: UInt8 = 0
  static let integer: UInt8 = 1
  static let unsigned: UInt8 = 2
  static let real: UInt8 = 3
  static let key: UInt8 = 4
  static let string: UInt8 = 5
  static let indirectInteger: UInt8 = 6
  static let indirectUnsigned: UInt8 = 7
  static let indirectReal: UInt8 = 8
  static let map: UInt8 = 9
  static let vector: UInt8 = 10
  /// Vectors whose elements are all of type 1 to 5, one code after the other.
  static let typedVectors: ClosedRange<UInt8> = 11...15
  /// Vectors of two, three and four integers, unsigned integers, reals: no length is stored.
  static let fixedVectors: ClosedRange<UInt8> = 16...24
  static let blob: UInt8 = 25
  static let boolean: UInt8 = 26
  static let booleanVector: UInt8 = 36
}
