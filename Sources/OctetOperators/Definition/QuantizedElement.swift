import OctetCore

/// An integer type that stores quantized activations or weights in kernels.
public protocol QuantizedElement: FixedWidthInteger, BitwiseCopyable, Sendable {
  /// The type in files.
  static var elementType: ElementType { get }
}

extension UInt8: QuantizedElement {
  public static var elementType: ElementType { .uint8 }
}

extension Int8: QuantizedElement {
  public static var elementType: ElementType { .int8 }
}

extension Int16: QuantizedElement {
  public static var elementType: ElementType { .int16 }
}

/// Clamps an accumulator and narrows it; the bounds lie inside `Element`.
@inlinable @inline(__always)
func clampAndNarrow<Element: QuantizedElement>(
  _ value: Int32, _ minimum: Int32, _ maximum: Int32
) -> Element {
  Element(truncatingIfNeeded: min(max(value, minimum), maximum))
}
