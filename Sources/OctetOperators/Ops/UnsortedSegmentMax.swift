import OctetCore

/// Maxima of the rows of each segment; the lowest finite number where it has none.
///
/// Shapes and types are those of `UnsortedSegmentOperator`.
///
/// **Source**: TFLite `unsorted_segment::SegmenMax`, `reference_ops::UnsortedSegmentRef`.
public enum UnsortedSegmentMax: UnsortedSegmentOperator {
  public static let identity = OperatorIdentity.builtin(.unsortedSegmentMax)

  public static func encode(_ options: NoOptions) -> RawOptions {
    RawOptions("UnsortedSegmentMaxOptions")
  }

  public static func identityElement<Number: SegmentNumber>(_ type: Number.Type) -> Number {
    .lowest
  }

  public static func combine<Number: SegmentNumber>(_ left: Number, _ right: Number) -> Number {
    left < right ? right : left
  }
}
