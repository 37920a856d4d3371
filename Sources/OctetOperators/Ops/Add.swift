import OctetCore
import OctetFormat

/// Sum of two tensors, broadcast, with fused activation.
///
/// **Types**: float32, int32, int64; uint8, int8, int16 quantized; int16 plain without a scale.
///
/// **Quantization**: see `QuantizedSum`; plain integers wrap before the activation clamps them.
///
/// **Source**: TFLite `reference_ops::Add`, `reference_ops::BroadcastAdd6DSlow`.
public enum Add: ElementwiseBinaryOperator {
  public typealias Options = AdditionOptions

  public static let identity = OperatorIdentity.builtin(.add)
  public static let vectorized: VectorPairFunction? = .sum
  public static let versions = 1...5
  public static let quantization = QuantizationRule.ownRange
  public static let plainTypes: Set<ElementType> = [.float32, .int32, .int64, .int16]
  public static let quantizedTypes: Set<ElementType> = [.uint8, .int8, .int16]

  public static func decode(_ raw: RawOptions) throws(OctetError) -> Options {
    try AdditionOptions(raw.table(named: "AddOptions"))
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("AddOptions", options.fields)
  }

  public static func activation(_ options: Options) -> Activation? { options.activation }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    switch inputs.optional(0)?.type {
    case .int16 where inputs.optional(0)?.quantization == nil: 5
    case .int64: 4
    case .int16 where !options.allowsPowerOfTwoScales: 3
    case .int8: 2
    default: 1
    }
  }

  public static func quantized(
    _ options: Options, left: TensorSpec, right: TensorSpec, output: TensorSpec
  ) throws(OctetError) -> QuantizedSum {
    try QuantizedSum(options, left: left, right: right, output: output, sign: 1)
  }

  public static func apply(_ left: Float, _ right: Float) -> Float { left + right }

  public static func apply<Integer: FixedWidthInteger>(
    _ left: Integer, _ right: Integer
  ) -> Integer { left &+ right }
}
