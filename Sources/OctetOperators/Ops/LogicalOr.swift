/// Whether at least one of two Booleans is true, broadcast.
///
/// **Types**: bool.
///
/// **Source**: TFLite `logical::LogicalOrEval`.
public enum LogicalOr: LogicalBinaryOperator {
  public static let identity = OperatorIdentity.builtin(.logicalOr)

  public static func apply(_ left: Bool, _ right: Bool) -> Bool { left || right }
}
