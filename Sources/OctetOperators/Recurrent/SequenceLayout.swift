import OctetCore

/// How a sequence tensor holds its time steps: `[T, N, D]` or `[N, T, D]`, or `[N, D]` for one step.
struct SequenceLayout: Hashable, Sendable {
  let steps: Int
  let batches: Int
  /// Elements of one step of one sequence.
  let depth: Int
  private let isTimeMajor: Bool

  /// The layout of `[T, N, D]` (time-major) or `[N, T, D]`.
  ///
  /// - Throws: `.invalidShape` for other ranks and for empty rows.
  init(sequences input: TensorSpec, isTimeMajor: Bool) throws(OctetError) {
    guard input.shape.rank == 3, input.shape[2] > 0 else {
      throw OctetError(
        .invalidShape(
          input.shape.dimensions, reason: "the input must have rank 3 and rows that aren't empty"))
    }
    self.isTimeMajor = isTimeMajor
    steps = input.shape[isTimeMajor ? 0 : 1]
    batches = input.shape[isTimeMajor ? 1 : 0]
    depth = input.shape[2]
  }

  /// The layout of `[N, D]`, a single step.
  ///
  /// - Throws: `.invalidShape` for other ranks and for empty rows.
  init(step input: TensorSpec) throws(OctetError) {
    guard input.shape.rank == 2, input.shape[1] > 0 else {
      throw OctetError(
        .invalidShape(
          input.shape.dimensions, reason: "the input must have rank 2 and rows that aren't empty"))
    }
    isTimeMajor = true
    steps = 1
    batches = input.shape[0]
    depth = input.shape[1]
  }

  /// Visits all steps of each sequence in turn, first to last or last to first.
  ///
  /// - Parameter body: receives the row of the step among all rows, and the sequence.
  @inline(__always)
  func forEachStep(isReversed: Bool = false, _ body: (_ row: Int, _ batch: Int) -> Void) {
    for batch in 0..<batches {
      for index in 0..<steps {
        let step = isReversed ? steps - 1 - index : index
        body(isTimeMajor ? step * batches + batch : batch * steps + step, batch)
      }
    }
  }
}
