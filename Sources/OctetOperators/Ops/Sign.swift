import OctetCore

/// −1, 0 or 1; NaN stays NaN.
///
/// **Types**: float32, int32.
///
/// **Source**: TFLite `sign::Sign`.
public enum Sign: ElementwiseUnaryOperator {
  public static let identity = OperatorIdentity.builtin(.sign)
  public static let versions = 1...2
  public static let plainTypes: Set<ElementType> = [.float32, .int32]

  public static func version(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    inputs.optional(0)?.type == .int32 ? 2 : 1
  }

  public static func apply(_ value: Float) -> Float {
    if value > 0 { return 1 }
    return value < 0 ? -1 : (value == 0 ? 0 : value)
  }

  public static func apply<Integer: FixedWidthInteger & SignedInteger>(
    _ value: Integer
  ) -> Integer { value.signum() }
}
