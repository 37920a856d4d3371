import OctetCore

/// Real parts of complex numbers.
///
/// **Source**: TFLite `complex::EvalReal`.
public enum RealPart: ComplexOperator {
  public static let identity = OperatorIdentity.builtin(.real)

  public static func apply(real: Float, imaginary: Float) -> Float { real }

  public static func apply(real: Double, imaginary: Double) -> Double { real }
}
