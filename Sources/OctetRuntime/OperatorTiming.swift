/// One execution of one operator, as a profiler is told of it.
public struct OperatorTiming: Hashable, Sendable {
  /// Position among the operators of the model's main graph.
  public let operatorIndex: Int
  /// `CONV_2D`, or the name of a custom operator.
  public let operatorName: String
  /// The first tensor that the operator writes; nil where it writes none.
  public let outputName: String?
  /// The kernel that was chosen for the operator.
  public let kernelName: String
  /// Time in the kernel.
  public let duration: Duration
}

/// Is told of each operator after it ran.
///
/// Operators whose result was computed while tensors were allocated don't run, and don't appear.
public typealias OperatorProfiler = (OperatorTiming) -> Void
