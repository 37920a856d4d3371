#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Real functions in the precision that the reference kernels call them in: the C library's, but for
/// those that kernels compute in vectors.
enum RealFunction {
  /// The C library's power, which takes less time than ours where numbers come one by one.
  static func libraryPower(_ base: Float, _ exponent: Float) -> Float { powf(base, exponent) }
  static func exponential(_ x: Double) -> Double { exp(x) }
  static func exponentialMinusOne(_ x: Double) -> Double { expm1(x) }
  static func complementaryError(_ x: Double) -> Double { erfc(x) }
  static func logarithm(_ x: Double) -> Double { log(x) }
  static func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }
  static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
  static func cosine(_ x: Double) -> Double { cos(x) }
  static func cubeRoot(_ x: Double) -> Double { cbrt(x) }
}
