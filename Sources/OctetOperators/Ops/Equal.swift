import OctetCore

/// Whether two tensors are equal, broadcast.
///
/// **Types**: bool, float32, int64, int32, int16, string; uint8 and int8 quantized; the output is
/// bool.
///
/// **Quantization**: see `QuantizedComparison`.
///
/// **Source**: TFLite `comparisons::EqualEval`.
public enum Equal: ComparisonOperator {
  public static let identity = OperatorIdentity.builtin(.equal)
  public static let versions = 1...5
  public static let comparableTypes: Set<ElementType> = [
    .bool, .float32, .int64, .int32, .int16, .uint8, .int8, .string,
  ]

  public static func version(
    _ options: NoOptions, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    switch inputs.optional(0)?.type {
    case .int16: 4
    case .string: 3
    case .int8: 2
    default: 1
    }
  }

  public static func compare<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
    left == right
  }
}
