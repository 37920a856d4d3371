/// Whether every element along some axes is true; true where there are none.
///
/// **Shapes**: see `ReductionOperator`.
///
/// **Types**: bool.
///
/// **Source**: TFLite `reduce::EvalType`.
public enum ReduceAll: LogicalReductionOperator {
  public static let identity = OperatorIdentity.builtin(.reduceAll)
  public static let initial = true

  public static func combine(_ result: Bool, _ element: Bool) -> Bool { result && element }
}
