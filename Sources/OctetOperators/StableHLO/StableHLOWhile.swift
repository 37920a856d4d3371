/// Runs a graph on its own results as long as another graph says so, see `LoopOperator`.
///
/// **Source**: the StableHLO specification, `while`.
public enum StableHLOWhile: LoopOperator {
  public static let identity = OperatorIdentity.builtin(.stablehloWhile)
  public static let optionsName = "StablehloWhileOptions"
}
