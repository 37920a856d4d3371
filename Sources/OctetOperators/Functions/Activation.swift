import OctetCore

/// An activation function fused into an operator's output.
///
/// Source: `enum ActivationFunctionType` in TFLite's `schema.fbs`.
public enum Activation: Int8, Hashable, Sendable {
  case none = 0
  case relu = 1
  case reluN1To1 = 2
  case relu6 = 3
  case tanh = 4
  case signBit = 5

  /// The interval of real values that the activation clamps to.
  ///
  /// - Throws: `.invalidOption` for tanh and sign-bit, which TFLite's kernels don't fuse either.
  public func realBounds() throws(OctetError) -> (minimum: Float, maximum: Float) {
    switch self {
    case .none: (-.greatestFiniteMagnitude, .greatestFiniteMagnitude)
    case .relu: (0, .greatestFiniteMagnitude)
    case .reluN1To1: (-1, 1)
    case .relu6: (0, 6)
    case .tanh, .signBit:
      throw OctetError(.invalidOption(name: "fused_activation_function", value: "\(self)"))
    }
  }

  /// The interval of quantized values that the activation clamps `output` to.
  ///
  /// `zeroPoint + round(bound / scale)` in float32, halves away from zero, within the type.
  ///
  /// - Throws: `.invalidQuantization`, and `.invalidOption` as `realBounds` does.
  /// - Source: TFLite `CalculateActivationRangeQuantized`.
  public func quantizedBounds(
    _ output: TensorSpec
  ) throws(OctetError) -> (minimum: Int32, maximum: Int32) {
    let (scale, zeroPoint) = try output.affine()
    let range = output.type.quantizedRange
    let typeMinimum = Int32(clamping: range.lowerBound)
    let typeMaximum = Int32(clamping: range.upperBound)
    func quantize(_ real: Float) -> Int32 {
      let steps = (real / scale).rounded(.toNearestOrAwayFromZero)
      return Int32(
        clamping: Int64(zeroPoint) + (Int64(exactly: steps) ?? (steps < 0 ? -1 << 40 : 1 << 40)))
    }
    switch self {
    case .none: return (typeMinimum, typeMaximum)
    case .relu: return (max(typeMinimum, quantize(0)), typeMaximum)
    case .relu6: return (max(typeMinimum, quantize(0)), min(typeMaximum, quantize(6)))
    case .reluN1To1: return (max(typeMinimum, quantize(-1)), min(typeMaximum, quantize(1)))
    case .tanh, .signBit:
      throw OctetError(.invalidOption(name: "fused_activation_function", value: "\(self)"))
    }
  }
}
