import OctetCore
import OctetFormat

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Sum or difference of two quantized values.
///
/// **Quantization**: `output = clamp(zeroPoint + requantize(left ± right))` with both inputs at a
/// common scale, see `RescaledPair`. An old int16 form has powers of two as scales and shifts one
/// input to the scale of the other, which is also the output's.
///
/// **Source**: TFLite `add::Prepare` and `reference_ops::Add`, `sub::Prepare` and `Sub`.
public enum QuantizedSum: QuantizedBinaryFunction {
  case rescaled(RescaledPair, QuantizedOutput, sign: Int32)
  case shifted(
    leftRightShift: Int32, rightRightShift: Int32, sign: Int32, minimum: Int32, maximum: Int32)

  /// Checks scales and zero points.
  ///
  /// - Parameter sign: 1 for a sum, −1 for a difference.
  /// - Throws: `.invalidQuantization`.
  public init(
    _ options: AdditionOptions, left: TensorSpec, right: TensorSpec, output: TensorSpec,
    sign: Int32
  ) throws(OctetError) {
    let isInt16 = output.type == .int16
    if isInt16 {
      for spec in [left, right, output] where try spec.affine().zeroPoint != 0 {
        throw OctetError(
          .invalidQuantization(reason: "the zero point of '\(spec.name)' must be 0 for int16"))
      }
      if options.allowsPowerOfTwoScales,
        let leftLog2 = try left.affine().scale.nearPowerOfTwo,
        let rightLog2 = try right.affine().scale.nearPowerOfTwo,
        let outputLog2 = try output.affine().scale.nearPowerOfTwo
      {
        let leftShift = Int32(outputLog2 - leftLog2)
        let rightShift = Int32(outputLog2 - rightLog2)
        guard min(leftShift, rightShift) == 0, max(leftShift, rightShift) <= 31 else {
          throw OctetError(
            .invalidQuantization(
              reason: "one int16 input must have the output's scale, the other none above it"))
        }
        let (minimum, maximum) = try options.activation.quantizedBounds(output)
        self = .shifted(
          leftRightShift: leftShift, rightRightShift: rightShift, sign: sign, minimum: minimum,
          maximum: maximum)
        return
      }
    }
    // 16-bit values shifted by 15 bits still leave room for the sum in 32.
    let leftShift: Int32 = isInt16 ? 15 : 20
    let pair = try RescaledPair(left, right, leftShift: leftShift)
    let outputScale = Double(try output.affine().scale)
    self = .rescaled(
      pair,
      try QuantizedOutput(
        output, activation: options.activation,
        factor: pair.doubledScale / (Double(1 << leftShift) * outputScale)),
      sign: sign)
  }

  @inline(__always)
  public func callAsFunction(_ left: Int32, _ right: Int32) -> Int32 {
    switch self {
    case .rescaled(let pair, let output, let sign):
      let scaled = pair(left, right)
      return output(scaled.left &+ sign &* scaled.right)
    case .shifted(let leftRightShift, let rightRightShift, let sign, let minimum, let maximum):
      let sum =
        FixedPoint.roundingDivideByPowerOfTwo(left, leftRightShift)
        + sign * FixedPoint.roundingDivideByPowerOfTwo(right, rightRightShift)
      return min(max(Int32(Int16(clamping: sum)), minimum), maximum)
    }
  }
}

/// The fields of `AddOptions` and `SubOptions`.
public struct AdditionOptions: Hashable, Sendable {
  /// What is applied to the results.
  public var activation: Activation
  /// Whether int16 scales that are powers of two select the old, shifting arithmetic.
  public var allowsPowerOfTwoScales: Bool

  /// Options of a sum or difference.
  public init(activation: Activation = .none, allowsPowerOfTwoScales: Bool = true) {
    self.activation = activation
    self.allowsPowerOfTwoScales = allowsPowerOfTwoScales
  }

  init(_ table: OptionsTable) throws(OctetError) {
    activation = try table.enumeration("fused_activation_function", default: .none)
    allowsPowerOfTwoScales = try table.boolean("pot_scale_int16", default: true)
  }

  var fields: [String: OptionsTable.Value] {
    [
      "fused_activation_function": .integer(Int64(activation.rawValue)),
      "pot_scale_int16": .integer(allowsPowerOfTwoScales ? 1 : 0),
    ]
  }
}
