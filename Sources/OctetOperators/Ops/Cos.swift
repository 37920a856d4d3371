import OctetCore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Cosine.
///
/// **Types**: float32.
///
/// **Source**: TFLite `elementwise::CosEval`.
public enum Cos: FloatUnaryOperator {
  public static let identity = OperatorIdentity.builtin(.cos)

  public static func apply(_ value: Float) -> Float { cos(value) }
}
