/// A function of one real number that kernels compute in vectors.
///
/// Operators say which of these their function on floats is; the reference kernels don't ask.
public enum VectorFunction: Hashable, Sendable {
  /// Bounds as `min(max(x, minimum), maximum)`; no maximum for nil.
  case clamp(minimum: Float, maximum: Float?)
  case absolute
  case negative
  case square
  case squareRoot
  case reciprocalSquareRoot
  case floor
  case ceiling
  /// To the nearest integer, halves to even.
  case nearest
  /// `slope · x` for what is not above 0.
  case leaky(slope: Float)
  case hardSwish
  case exponential
  case hyperbolicTangent
  case logistic
  case elu
  case logarithm
  case sine
  case cosine
  case gelu
  /// The approximation by the hyperbolic tangent.
  case approximateGelu
}

/// A function of two real numbers that kernels compute in vectors.
public enum VectorPairFunction: Hashable, Sendable {
  case sum
  case difference
  case product
  case quotient
  case minimum
  case maximum
  case squaredDifference
  case power
}
