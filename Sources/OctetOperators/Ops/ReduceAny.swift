/// Whether any element along some axes is true; false where there are none.
///
/// **Shapes**: see `ReductionOperator`.
///
/// **Types**: bool.
///
/// **Source**: TFLite `reduce::EvalType`.
public enum ReduceAny: LogicalReductionOperator {
  public static let identity = OperatorIdentity.builtin(.reduceAny)
  public static let initial = false

  public static func combine(_ result: Bool, _ element: Bool) -> Bool { result || element }
}
