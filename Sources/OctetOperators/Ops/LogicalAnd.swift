/// Whether both of two Booleans are true, broadcast.
///
/// **Types**: bool.
///
/// **Source**: TFLite `logical::LogicalAndEval`.
public enum LogicalAnd: LogicalBinaryOperator {
  public static let identity = OperatorIdentity.builtin(.logicalAnd)

  public static func apply(_ left: Bool, _ right: Bool) -> Bool { left && right }
}
