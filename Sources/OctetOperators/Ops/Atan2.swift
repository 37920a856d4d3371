import OctetCore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The angle of the point (x, y) for inputs y and x, in −π...π.
///
/// **Types**: float32. Shapes are broadcast, though the source takes only equal ones.
///
/// **Source**: TFLite `atan2::Atan2`.
public enum Atan2: ElementwiseBinaryOperator {
  public typealias Options = NoOptions
  public typealias Quantized = NoQuantizedFunction

  public static let identity = OperatorIdentity.builtin(.atan2)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.floatOnly
  public static let plainTypes: Set<ElementType> = [.float32]

  public static func version(
    _ options: Options, _ inputs: Operands, _ outputs: [TensorSpec]
  ) -> Int { 1 }

  public static func apply(_ left: Float, _ right: Float) -> Float { atan2(left, right) }

  /// Never called: no integer type is among `plainTypes`.
  public static func apply<Integer: FixedWidthInteger>(
    _ left: Integer, _ right: Integer
  ) -> Integer { left }
}
