import OctetCore
import OctetOperators

/// Reductions over segments, inputs in the same order as TFLite's, no attributes.
enum ImportSegments: CounterpartRule {
  static let counterparts: [String: (operation: Operation, inputCount: Int)] = [
    "SegmentSum": (Operation(SegmentSum.self), 2),
    "UnsortedSegmentMax": (Operation(UnsortedSegmentMax.self), 3),
    "UnsortedSegmentMin": (Operation(UnsortedSegmentMin.self), 3),
    "UnsortedSegmentProd": (Operation(UnsortedSegmentProd.self), 3),
    "UnsortedSegmentSum": (Operation(UnsortedSegmentSum.self), 3),
  ]
}
