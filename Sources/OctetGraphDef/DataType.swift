import OctetCore

/// An element type as TensorFlow numbers it; values that this library doesn't know are kept.
///
/// Source: `enum DataType` in TensorFlow's `types.proto`.
public struct DataType: RawRepresentable, Hashable, Sendable {
  /// The number in the file; 100 more for a reference to a variable.
  public let rawValue: Int

  /// The type with that number, known or not.
  public init(rawValue: Int) {
    self.rawValue = rawValue
  }

  /// What references add to the number of the type that they refer to.
  private static let referenceOffset = 100

  /// Whether values are references to variables of the type.
  public var isReference: Bool { rawValue > Self.referenceOffset }

  /// The type itself where it is a reference.
  public var dereferenced: DataType {
    isReference ? DataType(rawValue: rawValue - Self.referenceOffset) : self
  }

  /// The type that elements are stored as; nil for types that TFLite hasn't.
  ///
  /// Quantized types (`DT_QUINT8`) are stored as plain integers, references as what they refer to.
  public var elementType: ElementType? {
    switch dereferenced {
    case .float: .float32
    case .double: .float64
    case .half: .float16
    case .bfloat16: .bfloat16
    case .int8, .qint8: .int8
    case .int16, .qint16: .int16
    case .int32, .qint32: .int32
    case .int64: .int64
    case .uint8, .quint8: .uint8
    case .uint16, .quint16: .uint16
    case .uint32: .uint32
    case .uint64: .uint64
    case .int4: .int4
    case .uint4: .uint4
    case .float8e4m3fn: .float8E4M3FN
    case .float8e5m2: .float8E5M2
    case .bool: .bool
    case .string: .string
    case .complex64: .complex64
    case .complex128: .complex128
    case .resource: .resource
    case .variant: .variant
    default: nil
    }
  }
}

/// The types by their names in TensorFlow's `types.proto`.
extension DataType {
  /// No type.
  public static let invalid = DataType(rawValue: 0)
  /// 32-bit floating point.
  public static let float = DataType(rawValue: 1)
  /// 64-bit floating point.
  public static let double = DataType(rawValue: 2)
  /// Signed 32-bit integers.
  public static let int32 = DataType(rawValue: 3)
  /// Unsigned 8-bit integers.
  public static let uint8 = DataType(rawValue: 4)
  /// Signed 16-bit integers.
  public static let int16 = DataType(rawValue: 5)
  /// Signed 8-bit integers.
  public static let int8 = DataType(rawValue: 6)
  /// Bytes, any number of them.
  public static let string = DataType(rawValue: 7)
  /// Complex numbers of two 32-bit parts.
  public static let complex64 = DataType(rawValue: 8)
  /// Signed 64-bit integers.
  public static let int64 = DataType(rawValue: 9)
  /// Truth values.
  public static let bool = DataType(rawValue: 10)
  /// Quantized signed 8-bit integers.
  public static let qint8 = DataType(rawValue: 11)
  /// Quantized unsigned 8-bit integers.
  public static let quint8 = DataType(rawValue: 12)
  /// Quantized signed 32-bit integers.
  public static let qint32 = DataType(rawValue: 13)
  /// 16-bit floating point with the exponent of 32 bits.
  public static let bfloat16 = DataType(rawValue: 14)
  /// Quantized signed 16-bit integers.
  public static let qint16 = DataType(rawValue: 15)
  /// Quantized unsigned 16-bit integers.
  public static let quint16 = DataType(rawValue: 16)
  /// Unsigned 16-bit integers.
  public static let uint16 = DataType(rawValue: 17)
  /// Complex numbers of two 64-bit parts.
  public static let complex128 = DataType(rawValue: 18)
  /// 16-bit floating point of IEEE 754.
  public static let half = DataType(rawValue: 19)
  /// Handles of variables and tables.
  public static let resource = DataType(rawValue: 20)
  /// Values of any kind, such as lists of tensors.
  public static let variant = DataType(rawValue: 21)
  /// Unsigned 32-bit integers.
  public static let uint32 = DataType(rawValue: 22)
  /// Unsigned 64-bit integers.
  public static let uint64 = DataType(rawValue: 23)
  /// 8-bit floating point with five bits of exponent.
  public static let float8e5m2 = DataType(rawValue: 24)
  /// 8-bit floating point with four bits of exponent, without infinities.
  public static let float8e4m3fn = DataType(rawValue: 25)
  /// Signed 4-bit integers.
  public static let int4 = DataType(rawValue: 29)
  /// Unsigned 4-bit integers.
  public static let uint4 = DataType(rawValue: 30)
}

extension DataType: CustomStringConvertible {
  /// TensorFlow's name: `DT_FLOAT`, `DT_FLOAT_REF`; the number where there is none.
  public var description: String {
    guard let name = Self.names[dereferenced.rawValue] else { return "data type \(rawValue)" }
    return isReference ? name + "_REF" : name
  }

  private static let names = [
    0: "DT_INVALID", 1: "DT_FLOAT", 2: "DT_DOUBLE", 3: "DT_INT32", 4: "DT_UINT8", 5: "DT_INT16",
    6: "DT_INT8", 7: "DT_STRING", 8: "DT_COMPLEX64", 9: "DT_INT64", 10: "DT_BOOL",
    11: "DT_QINT8", 12: "DT_QUINT8", 13: "DT_QINT32", 14: "DT_BFLOAT16", 15: "DT_QINT16",
    16: "DT_QUINT16", 17: "DT_UINT16", 18: "DT_COMPLEX128", 19: "DT_HALF", 20: "DT_RESOURCE",
    21: "DT_VARIANT", 22: "DT_UINT32", 23: "DT_UINT64", 24: "DT_FLOAT8_E5M2",
    25: "DT_FLOAT8_E4M3FN", 29: "DT_INT4", 30: "DT_UINT4",
  ]
}
