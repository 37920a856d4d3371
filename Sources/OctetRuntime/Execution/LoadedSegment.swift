import OctetCore
import OctetOperators

/// A segment with addresses in place of tensor indices; an object, because runs pass it on often.
final class LoadedSegment {
  let plan: SegmentPlan
  let arena: Arena
  /// The plan's steps, each with its kernel and buffers: copies of those would take longer than the
  /// smallest operators.
  let runs: [() -> Void]
  /// What the last step gives where only its kernel knows the shapes.
  let results: KernelResults?
  let assumption: Assumption

  /// What a segment's plan took for granted of the run before it.
  enum Assumption: Equatable {
    case nothing
    /// A tensor's value.
    case value(Bytes)
    /// The shapes of received results.
    case shapes([Shape])
  }

  init(
    plan: SegmentPlan, arena: Arena, runs: [() -> Void], results: KernelResults?,
    assumption: Assumption
  ) {
    self.plan = plan
    self.arena = arena
    self.runs = runs
    self.results = results
    self.assumption = assumption
  }
}
