import OctetCore

/// The smaller of two tensors, broadcast.
///
/// **Types**: float32, int32, int64, int16, int8, uint8.
///
/// **Quantization**: the values are compared as stored, which is right only where both inputs and
/// the output have one scale and zero point.
///
/// **Source**: TFLite `maximum_minimum::MinimumOp`.
public enum Minimum: ElementwiseBinaryOperator {
  public typealias Options = NoOptions
  public typealias Quantized = NoQuantizedFunction

  public static let identity = OperatorIdentity.builtin(.minimum)
  public static let vectorized: VectorPairFunction? = .minimum
  public static let versions = 1...4
  public static let quantization = QuantizationRule.sharedByAll
  public static let plainTypes: Set<ElementType> = [
    .float32, .int32, .int64, .int16, .int8, .uint8,
  ]

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    switch inputs.optional(0)?.type {
    case .int16: 4
    case _ where inputs.needBroadcastingAboveRank4: 3
    case .int8: 2
    default: 1
    }
  }

  public static func apply(_ left: Float, _ right: Float) -> Float {
    left < right ? left : right
  }

  public static func apply<Integer: FixedWidthInteger>(
    _ left: Integer, _ right: Integer
  ) -> Integer {
    min(left, right)
  }
}
