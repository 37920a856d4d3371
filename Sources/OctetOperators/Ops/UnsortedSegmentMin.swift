import OctetCore

/// Minima of the rows of each segment; the highest finite number where it has none.
///
/// Shapes and types are those of `UnsortedSegmentOperator`.
///
/// **Source**: TFLite `unsorted_segment::SegmenMin`, `reference_ops::UnsortedSegmentRef`.
public enum UnsortedSegmentMin: UnsortedSegmentOperator {
  public static let identity = OperatorIdentity.builtin(.unsortedSegmentMin)

  public static func encode(_ options: NoOptions) -> RawOptions {
    RawOptions("UnsortedSegmentMinOptions")
  }

  public static func identityElement<Number: SegmentNumber>(_ type: Number.Type) -> Number {
    .highest
  }

  public static func combine<Number: SegmentNumber>(_ left: Number, _ right: Number) -> Number {
    right < left ? right : left
  }
}
