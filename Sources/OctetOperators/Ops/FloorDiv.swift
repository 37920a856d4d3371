import OctetCore

/// Quotient rounded down, broadcast.
///
/// **Types**: float32, int32, int16, int8. A divisor of 0 gives 0 for integers, where the source
/// stops with an error while it runs.
///
/// **Source**: TFLite `reference_ops::FloorDiv`, which divides in double.
public enum FloorDiv: ElementwiseBinaryOperator {
  public typealias Options = NoOptions
  public typealias Quantized = NoQuantizedFunction

  public static let identity = OperatorIdentity.builtin(.floorDiv)
  public static let versions = 1...3
  public static let quantization = QuantizationRule.floatOnly
  public static let plainTypes: Set<ElementType> = [.float32, .int32, .int16, .int8]

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    switch inputs.optional(0)?.type {
    case .int16, .int8: 3
    case .float32: 2
    default: 1
    }
  }

  public static let dividesByRight = true

  public static func apply(_ left: Float, _ right: Float) -> Float {
    Float((Double(left) / Double(right)).rounded(.down))
  }

  public static func apply<Integer: FixedWidthInteger>(
    _ left: Integer, _ right: Integer
  ) -> Integer {
    guard right != 0 else { return 0 }
    let quotient = left.dividedReportingOverflow(by: right).partialValue
    let remainder = left.remainderReportingOverflow(dividingBy: right).partialValue
    return remainder != 0 && (remainder < 0) != (right < 0) ? quotient &- 1 : quotient
  }
}
