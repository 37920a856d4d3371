import OctetCore

/// What kernels may use beyond their buffers, one for all operators of an interpreter.
public final class KernelContext {
  /// What graphs share and keep.
  public let state: InterpreterState
  /// Runs the graphs that an operator's `graphCalls` name; nil while a graph is being planned.
  package weak var graphs: (any GraphRunner)?
  private(set) var failure: OctetError?

  /// A context of its own, for a kernel that runs outside an interpreter.
  public init() {
    state = InterpreterState()
  }

  package init(state: InterpreterState) {
    self.state = state
  }

  /// Ends the run with an error behind this kernel, for data that nothing can be computed from.
  ///
  /// The kernel may leave its outputs as they are. Of several errors the first counts.
  public func fail(_ error: OctetError) {
    if failure == nil { failure = error }
    hasFailed = true
  }

  /// Whether a kernel reported an error; looked at behind each operator, and much faster to read than
  /// the error, without a check for accesses at the same time: kernels report on the caller's thread.
  @exclusivity(unchecked) package private(set) var hasFailed = false

  /// Throws what a kernel reported since the last call.
  @inline(__always)
  package func throwFailure() throws(OctetError) {
    if hasFailed { try takeFailure() }
  }

  private func takeFailure() throws(OctetError) {
    guard let error = failure else { return }
    failure = nil
    hasFailed = false
    throw error
  }
}
