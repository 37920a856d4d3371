import OctetCore

/// Imaginary parts of complex numbers.
///
/// **Source**: TFLite `complex::EvalImag`.
public enum ImaginaryPart: ComplexOperator {
  public static let identity = OperatorIdentity.builtin(.imag)

  public static func apply(real: Float, imaginary: Float) -> Float { imaginary }

  public static func apply(real: Double, imaginary: Double) -> Double { imaginary }
}
