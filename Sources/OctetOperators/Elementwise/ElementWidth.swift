import OctetCore

/// The bytes of an element, for kernels that copy elements without looking into them.
public enum ElementWidth: Int, Hashable, Sendable {
  case one = 1
  case two = 2
  case four = 4
  case eight = 8

  /// The width of an element type; nil where an element isn't 1, 2, 4 or 8 whole bytes.
  public init?(_ type: ElementType) {
    guard let bits = type.memoryBitWidth, bits % 8 == 0 else { return nil }
    self.init(rawValue: bits / 8)
  }
}

extension ElementType {
  /// Bits that one element takes in the memory of a running graph: strings and resources are
  /// handles there.
  public var memoryBitWidth: Int? {
    switch self {
    case .string: 64
    case .resource: 32
    default: bitWidth
    }
  }

  /// Bytes that `count` elements take in the memory of a running graph; nil for variants, or on
  /// overflow.
  public func memoryByteCount(elements count: Int) -> Int? {
    switch self {
    case .string: ElementType.uint64.byteCount(elements: count)
    case .resource: ElementType.int32.byteCount(elements: count)
    default: byteCount(elements: count)
    }
  }
}
