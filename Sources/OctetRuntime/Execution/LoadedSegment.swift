import OctetCore
import OctetOperators

/// A segment with addresses in place of tensor indices; an object, because runs pass it on often.
final class LoadedSegment {
  let plan: SegmentPlan
  let arena: Arena
  /// The plan's steps.
  let operators: [BoundOperator]
  /// The same without counting references, which would take longer than the smallest operators.
  let runs: [Unmanaged<BoundOperator>]
  /// What the last step gives where only its kernel knows the shapes.
  let results: KernelResults?
  let assumption: Assumption
  /// Where the segment reads the results of the one before; empty where it takes none.
  private let entries: [Entry]

  /// A tensor that the segment before gives.
  struct Entry {
    let spec: OutputSpec
    let memory: UnsafeMutableRawBufferPointer
  }

  /// What a segment's plan took for granted of the run before it.
  enum Assumption: Equatable {
    case nothing
    /// A tensor's value.
    case value(Bytes)
    /// The shapes of received results.
    case shapes([Shape])
  }

  init(
    plan: SegmentPlan, arena: Arena, operators: [BoundOperator], results: KernelResults?,
    assumption: Assumption, entries: [Entry]
  ) {
    self.plan = plan
    self.arena = arena
    self.operators = operators
    runs = operators.map { Unmanaged.passUnretained($0) }
    self.results = results
    self.assumption = assumption
    self.entries = entries
  }

  /// Copies the results of the segment before to where this one reads them.
  ///
  /// - Returns: false where they aren't of the types and shapes that this segment was planned for;
  ///   nothing is copied then.
  func take(_ results: KernelResults) -> Bool {
    guard !entries.isEmpty, results.values.count == entries.count else { return false }
    for index in entries.indices {
      guard let value = results.values[index], value.type == entries[index].spec.type,
        value.shape == entries[index].spec.shape,
        value.bytes.count == entries[index].memory.count
      else { return false }
    }
    for index in entries.indices {
      if let value = results.values[index] { entries[index].memory.copyMemory(from: value.bytes) }
    }
    return true
  }
}
