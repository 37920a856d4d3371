import OctetCore

/// Products of the rows of each segment; one where it has none.
///
/// Shapes and types are those of `UnsortedSegmentOperator`.
///
/// **Source**: TFLite `unsorted_segment::SegmenProd`, `reference_ops::UnsortedSegmentRef`.
public enum UnsortedSegmentProd: UnsortedSegmentOperator {
  public static let identity = OperatorIdentity.builtin(.unsortedSegmentProd)

  public static func encode(_ options: NoOptions) -> RawOptions {
    RawOptions("UnsortedSegmentProdOptions")
  }

  public static func identityElement<Number: SegmentNumber>(_ type: Number.Type) -> Number {
    1
  }

  public static func combine<Number: SegmentNumber>(_ left: Number, _ right: Number) -> Number {
    .wrappingProduct(left, right)
  }
}
