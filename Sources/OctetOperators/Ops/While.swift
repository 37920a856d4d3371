/// Runs a graph on its own results as long as another graph says so, see `LoopOperator`.
///
/// **Source**: TFLite `while_kernel::Eval`.
public enum While: LoopOperator {
  public static let identity = OperatorIdentity.builtin(.while)
  public static let optionsName = "WhileOptions"
}
