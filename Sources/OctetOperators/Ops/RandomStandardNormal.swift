#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Random numbers of the normal distribution with mean 0 and variance 1.
///
/// **Source**: TFLite `random::GenerateRandomStandardNormalNumbers`; Box and Muller's transform.
public enum RandomStandardNormal: RandomNumberOperator {
  public static let identity = OperatorIdentity.builtin(.randomStandardNormal)

  public static func numbers(from first: UInt32, _ second: UInt32) -> (Float, Float) {
    // Keeps the logarithm finite.
    let uniform = max(UniformNumber.float(first), 1e-7)
    let angle = Float(2 * Double.pi * Double(UniformNumber.float(second)))
    let radius = (-2 * log(uniform)).squareRoot()
    return (sin(angle) * radius, cos(angle) * radius)
  }
}
