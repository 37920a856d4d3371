extension Activation {
  /// The activation of a real value, as layers that compute in float32 fuse it.
  ///
  /// **Source**: TFLite `tensor_utils::ApplyActivationToVector`.
  @inline(__always)
  func apply(_ value: Float) -> Float {
    switch self {
    case .none: value
    case .relu: max(0, value)
    case .reluN1To1: min(max(-1, value), 1)
    case .relu6: min(max(0, value), 6)
    case .tanh: RealFunction.hyperbolicTangent(value)
    case .signBit: value.sign == .minus ? 1 : 0
    }
  }
}
