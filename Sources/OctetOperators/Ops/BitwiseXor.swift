/// Exclusive or of the bits of two integer tensors, broadcast.
///
/// **Types**: see `IntegerBinaryOperator`.
///
/// **Source**: TFLite `bitwise_xor::BitwiseXor`.
public enum BitwiseXor: IntegerBinaryOperator {
  public static let identity = OperatorIdentity.builtin(.bitwiseXor)

  public static func encode(_ options: NoOptions) -> RawOptions { RawOptions("BitwiseXorOptions") }

  public static func apply<Integer: FixedWidthInteger>(
    _ left: Integer, _ right: Integer
  ) -> Integer { left ^ right }
}
