import OctetCore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Sine.
///
/// **Types**: float32.
///
/// **Source**: TFLite `elementwise::SinEval`.
public enum Sin: FloatUnaryOperator {
  public static let identity = OperatorIdentity.builtin(.sin)

  public static func apply(_ value: Float) -> Float { sin(value) }
}
