import OctetCore

/// A Swift type that tensor elements can be read and written as.
public protocol TensorElement: BitwiseCopyable, Sendable {
  /// Whether elements of `type` are stored as values of this Swift type.
  static func canHold(_ type: ElementType) -> Bool
}

extension UInt8: TensorElement {
  /// Bytes hold uint8, and bool as 0 or 1.
  public static func canHold(_ type: ElementType) -> Bool { type == .uint8 || type == .bool }
}

extension Int8: TensorElement {
  public static func canHold(_ type: ElementType) -> Bool { type == .int8 }
}

extension Int16: TensorElement {
  public static func canHold(_ type: ElementType) -> Bool { type == .int16 }
}

extension UInt16: TensorElement {
  /// 16-bit words hold uint16, and the bit patterns of float16 and bfloat16.
  public static func canHold(_ type: ElementType) -> Bool {
    type == .uint16 || type == .float16 || type == .bfloat16
  }
}

extension Int32: TensorElement {
  public static func canHold(_ type: ElementType) -> Bool { type == .int32 }
}

extension UInt32: TensorElement {
  public static func canHold(_ type: ElementType) -> Bool { type == .uint32 }
}

extension Int64: TensorElement {
  public static func canHold(_ type: ElementType) -> Bool { type == .int64 }
}

extension UInt64: TensorElement {
  public static func canHold(_ type: ElementType) -> Bool { type == .uint64 }
}

extension Float: TensorElement {
  public static func canHold(_ type: ElementType) -> Bool { type == .float32 }
}

extension Double: TensorElement {
  public static func canHold(_ type: ElementType) -> Bool { type == .float64 }
}
