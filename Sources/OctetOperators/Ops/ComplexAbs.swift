import OctetCore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Absolute values of complex numbers, without overflow in between.
///
/// **Source**: TFLite `complex::EvalAbs`.
public enum ComplexAbs: ComplexOperator {
  public static let identity = OperatorIdentity.builtin(.complexAbs)

  public static func apply(real: Float, imaginary: Float) -> Float { hypot(real, imaginary) }

  public static func apply(real: Double, imaginary: Double) -> Double { hypot(real, imaginary) }
}
