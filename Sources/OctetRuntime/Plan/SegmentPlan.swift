import OctetOperators

/// A run of operators with all shapes known, and where its tensors stand in the segment's arena.
struct SegmentPlan: Sendable {
  /// The operators that it covers; those computed while planning have no step.
  let operators: Range<Int>
  let steps: [PlannedStep]
  /// Where each step's scratch memory begins in the arena.
  let scratchOffsets: [Int]
  /// The tensors that begin to live in this segment, among them those that it receives.
  let placements: [Placement]
  let arenaByteCount: Int
  /// Where planning stopped; nil for the last segment of a graph.
  let boundary: Boundary?

  /// A tensor's place in the arena.
  struct Placement: Hashable, Sendable {
    let tensor: Int
    let offset: Int
    let byteCount: Int
  }

  /// Why planning stopped.
  enum Boundary: Hashable, Sendable {
    /// The shapes of the next operator depend on the value of a tensor that was computed before it.
    case value(of: Int)
    /// The last operator gives its results with their shapes. They are the next segment's to
    /// receive; `expected` is what their shapes are most likely.
    case results(of: [Int], expected: [Shape]?)
  }
}

/// One operator that is ready to run, with the tensors that it reads and writes.
struct PlannedStep: Sendable {
  /// Position in the graph's execution order.
  let operatorIndex: Int
  var kernel: PreparedOperator
  var inputs: [Int?]
  let outputs: [Int]
  /// Whether the kernel gives results with their shapes, which have no place in this segment.
  let givesOutputShapes: Bool

  init(_ step: CheckedOperator, _ kernel: PreparedOperator, givesOutputShapes: Bool) {
    operatorIndex = step.index
    self.kernel = kernel
    self.givesOutputShapes = givesOutputShapes
    inputs = step.inputs
    outputs = step.outputs
  }
}
