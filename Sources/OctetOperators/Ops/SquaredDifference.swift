import OctetCore
import OctetFormat

/// Square of the difference of two tensors, broadcast.
///
/// **Types**: float32, int32; int8 quantized.
///
/// **Quantization**: both inputs at a common scale, see `RescaledPair`; the square of their
/// difference fits in 32 bits because they are shifted left by 7 only.
///
/// **Source**: TFLite `squared_difference::SquaredDifference`.
public enum SquaredDifference: ElementwiseBinaryOperator {
  public typealias Options = NoOptions

  public static let identity = OperatorIdentity.builtin(.squaredDifference)
  public static let vectorized: VectorPairFunction? = .squaredDifference
  public static let versions = 1...2
  public static let quantization = QuantizationRule.ownRange
  public static let plainTypes: Set<ElementType> = [.float32, .int32]
  public static let quantizedTypes: Set<ElementType> = [.int8]

  /// Squared difference of quantized values.
  public struct Quantized: QuantizedBinaryFunction {
    package var pair: RescaledPair
    package var output: QuantizedOutput

    @inline(__always)
    public func callAsFunction(_ left: Int32, _ right: Int32) -> Int32 {
      let scaled = pair(left, right)
      let difference = scaled.left &- scaled.right
      return output(difference &* difference)
    }
  }

  public static func encode(_ options: Options) -> RawOptions {
    RawOptions("SquaredDifferenceOptions")
  }

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int {
    inputs.optional(0)?.type == .int8 ? 2 : 1
  }

  public static func quantized(
    _ options: Options, left: TensorSpec, right: TensorSpec, output: TensorSpec
  ) throws(OctetError) -> Quantized {
    let leftShift: Int32 = 7
    let pair = try RescaledPair(left, right, leftShift: leftShift)
    let outputScale = Double(try output.affine().scale)
    let factor =
      pair.doubledScale * pair.doubledScale / (Double(1 << (2 * leftShift)) * outputScale)
    return Quantized(
      pair: pair, output: try QuantizedOutput(output, activation: .none, factor: factor))
  }

  public static func apply(_ left: Float, _ right: Float) -> Float {
    let difference = left - right
    return difference * difference
  }

  public static func apply<Integer: FixedWidthInteger>(
    _ left: Integer, _ right: Integer
  ) -> Integer {
    let difference = left &- right
    return difference &* difference
  }
}
