import OctetCore

/// The bytes of an element, for kernels that copy elements without looking into them.
public enum ElementWidth: Int, Hashable, Sendable {
  case one = 1
  case two = 2
  case four = 4
  case eight = 8

  /// The width of an element type; nil where an element isn't 1, 2, 4 or 8 whole bytes.
  public init?(_ type: ElementType) {
    guard let bits = type.bitWidth, bits % 8 == 0 else { return nil }
    self.init(rawValue: bits / 8)
  }
}
