import OctetCore

/// `x · min(max(x + 3, 0), 6) / 6` of each element.
///
/// **Types**: float32, uint8, int8.
///
/// **Quantization**: computed in 16-bit fixed point, see `HardSwishArithmetic`.
///
/// **Source**: TFLite `reference_ops::HardSwish`.
public enum HardSwish: UnaryOperator {
  public typealias Options = NoOptions
  public typealias Plan = UnaryPlan

  public static let identity = OperatorIdentity.builtin(.hardSwish)
  public static let versions = 1...1
  public static let quantization = QuantizationRule.ownRange

  static func function(
    _ options: NoOptions, _ input: TensorSpec, _ output: TensorSpec
  ) throws(OctetError) -> UnaryPlan.Function? {
    switch input.type {
    case .float32:
      return .float({ x in x * min(6, max(0, x + 3)) / 6 }, vectorized: .hardSwish)
    case .uint8:
      let arithmetic = try HardSwishArithmetic(input, output)
      return .byte(ByteTable(UInt8.self, arithmetic.callAsFunction))
    case .int8:
      let arithmetic = try HardSwishArithmetic(input, output)
      return .byte(ByteTable(Int8.self, arithmetic.callAsFunction))
    default:
      return nil
    }
  }

  public static func outputInterval(
    _ options: NoOptions, _ inputs: [RealInterval?]
  ) -> RealInterval? {
    inputs.first??.image(turningPoints: [-3, -1.5]) { $0 * min(6, max(0, $0 + 3)) / 6 }
  }
}

/// Hard-swish on 8-bit elements in 16-bit fixed point.
///
/// The element, shifted up 7 bits, is brought to the output's scale but for a final right shift. It
/// is also mapped from [−3, 3] to [0, 1] in Q0.15, saturating. The product of both is shifted.
private struct HardSwishArithmetic {
  let inputZeroPoint: Int32
  let outputZeroPoint: Int32
  let outputMultiplierQ15: Int16
  let outputRightShift: Int32
  let gateMultiplierQ15: Int16
  let gateExponent: Int32

  /// - Throws: `.invalidQuantization`, also where the output's steps are less than 1/128 of the
  ///   input's.
  init(_ input: TensorSpec, _ output: TensorSpec) throws(OctetError) {
    let (inputScale, inputZeroPoint) = try input.affine()
    let (outputScale, outputZeroPoint) = try output.affine()
    self.inputZeroPoint = inputZeroPoint
    self.outputZeroPoint = outputZeroPoint
    let shiftedScale = (1.0 / 128) * inputScale
    let toOutput = try QuantizedMultiplier(Double(shiftedScale / outputScale))
    // 32768 stands for the real value 3.
    let toGate = try QuantizedMultiplier(Double(shiftedScale / (3.0 / 32768)))
    guard toOutput.exponent <= 0 else {
      throw OctetError(
        .invalidQuantization(reason: "the scale of '\(output.name)' is too small"))
    }
    outputMultiplierQ15 = Self.narrowed(toOutput.mantissaQ31)
    outputRightShift = -toOutput.exponent
    gateMultiplierQ15 = Self.narrowed(toGate.mantissaQ31)
    gateExponent = toGate.exponent
  }

  func callAsFunction(_ element: Int32) -> Int32 {
    let shifted = Int16(truncatingIfNeeded: (element &- inputZeroPoint) &* 128)
    let beforeShift = Self.roundingHighProduct(shifted, outputMultiplierQ15)
    var gate = shifted
    if gateExponent > 0 { gate = Self.saturatingShiftLeft(gate, gateExponent - 1) }
    gate = Self.roundingHighProduct(gate, gateMultiplierQ15)
    if gateExponent > 0 { gate = Self.saturatingShiftLeft(gate, 1) }
    if gateExponent < 0 {
      gate = Int16(
        truncatingIfNeeded: FixedPoint.roundingDivideByPowerOfTwo(Int32(gate), -gateExponent))
    }
    // From [−1, 1] to [0, 1].
    gate = Int16(truncatingIfNeeded: (Int32(gate) + (1 << 15)) >> 1)
    // Rounding towards zero here makes up for the bias of the roundings above.
    let product = Int32(gate) * Int32(beforeShift) / (1 << 15)
    return FixedPoint.roundingDivideByPowerOfTwo(product, outputRightShift) &+ outputZeroPoint
  }

  /// The high 16 bits of `2ab`, rounded to nearest.
  private static func roundingHighProduct(_ a: Int16, _ b: Int16) -> Int16 {
    let product = Int32(a) * Int32(b)
    let nudge: Int32 = product >= 0 ? 1 << 14 : 1 - (1 << 14)
    return Int16(clamping: (product + nudge) / (1 << 15))
  }

  private static func saturatingShiftLeft(_ x: Int16, _ amount: Int32) -> Int16 {
    Int16(clamping: Int64(x) << Int64(amount))
  }

  /// A Q0.31 mantissa rounded to Q0.15.
  private static func narrowed(_ mantissaQ31: Int32) -> Int16 {
    Int16(clamping: (Int64(mantissaQ31) + (1 << 15)) >> 16)
  }
}
