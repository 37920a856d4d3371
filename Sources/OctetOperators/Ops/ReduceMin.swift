/// The smallest element along some axes.
///
/// **Shapes**: see `ReductionOperator`.
///
/// **Types**: float32, int64, int32, int16, int8, uint8, bool. Where there are no elements the result is
/// the highest finite value of the type.
///
/// **Quantization**: values are compared as stored; input and output have one scale and zero point.
///
/// **Source**: TFLite `reduce::EvalType`.
public enum ReduceMin: ExtremumOperator {
  public static let identity = OperatorIdentity.builtin(.reduceMin)
  public static let worstFloat: Float = .greatestFiniteMagnitude

  public static func isBetter<Value: Comparable>(_ candidate: Value, than best: Value) -> Bool {
    candidate < best
  }

  public static func worst<Integer: FixedWidthInteger>(_ type: Integer.Type) -> Integer { .max }
}
