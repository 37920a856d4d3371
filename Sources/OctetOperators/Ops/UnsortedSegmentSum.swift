import OctetCore

/// Sums of the rows of each segment; zero where it has none.
///
/// Shapes and types are those of `UnsortedSegmentOperator`.
///
/// **Source**: TFLite `unsorted_segment::SegmenSum`, `reference_ops::UnsortedSegmentRef`.
public enum UnsortedSegmentSum: UnsortedSegmentOperator {
  public static let identity = OperatorIdentity.builtin(.unsortedSegmentSum)

  public static func encode(_ options: NoOptions) -> RawOptions {
    RawOptions("UnsortedSegmentSumOptions")
  }

  public static func identityElement<Number: SegmentNumber>(_ type: Number.Type) -> Number {
    0
  }

  public static func combine<Number: SegmentNumber>(_ left: Number, _ right: Number) -> Number {
    .wrappingSum(left, right)
  }
}
