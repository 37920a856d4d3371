/// The index of the largest element along one axis; of equal ones the first.
///
/// **Shapes**: input of rank 1 or more, axis a constant of one element; the output lacks the axis.
///
/// **Types**: float32, int64, int32, uint8, int8, bool; the output is int32 or int64.
///
/// **Source**: TFLite `reference_ops::ArgMinMax`.
public enum ArgMax: ArgumentOperator {
  public static let identity = OperatorIdentity.builtin(.argMax)
  public static let optionsTable = "ArgMaxOptions"

  public static func isBetter<Value: Comparable>(_ candidate: Value, than best: Value) -> Bool {
    candidate > best
  }
}
