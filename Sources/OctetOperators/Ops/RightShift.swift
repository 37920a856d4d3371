/// The bits of one integer tensor shifted right by another, broadcast; signed ones keep their sign.
///
/// A shift below 0 counts as 0, one beyond the width as the width less one.
///
/// **Types**: see `IntegerBinaryOperator`.
///
/// **Source**: TFLite `right_shift::RightShift`.
public enum RightShift: IntegerBinaryOperator {
  public static let identity = OperatorIdentity.builtin(.rightShift)

  public static func encode(_ options: NoOptions) -> RawOptions { RawOptions("RightShiftOptions") }

  public static func apply<Integer: FixedWidthInteger>(
    _ left: Integer, _ right: Integer
  ) -> Integer { left &>> min(max(right, 0), Integer(truncatingIfNeeded: Integer.bitWidth - 1)) }
}
