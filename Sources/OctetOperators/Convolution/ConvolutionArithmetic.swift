import OctetCore

/// The element types of a convolution-like operator with the numbers that its arithmetic needs.
package enum ConvolutionArithmetic: Sendable {
  case float(minimum: Float, maximum: Float)
  case uint8(ConvolutionQuantization)
  case int8(ConvolutionQuantization)
  /// 16-bit activations, 8-bit filter, sums and bias of 32 bits.
  case int16(ConvolutionQuantization)
  /// 16-bit activations, 8-bit filter, sums and bias of 64 bits.
  case int16Wide(ConvolutionQuantization)
  /// Float activations and an integer filter.
  case hybrid(HybridArithmetic)

  /// The scratch memory that reference kernels need.
  var scratchByteCount: Int {
    if case .hybrid(let arithmetic) = self { arithmetic.scratchByteCount } else { 0 }
  }

  /// Chooses by the types of the operands.
  ///
  /// - Parameters:
  ///   - biasType: what options declare of the bias of 16-bit forms; nil where they don't.
  ///   - quantize: computes the numbers of the integer forms.
  ///   - quantizeInputs: computes those of the form that quantizes its inputs; nil where the operator
  ///     has none.
  /// - Returns: nil for a combination of types that has no kernel.
  static func select(
    input: TensorSpec, filter: TensorSpec, bias: TensorSpec?, output: TensorSpec,
    activation: Activation, biasType: ElementType? = nil,
    quantize: () throws(OctetError) -> ConvolutionQuantization,
    quantizeInputs: (() throws(OctetError) -> HybridArithmetic)? = nil
  ) throws(OctetError) -> ConvolutionArithmetic? {
    switch (input.type, filter.type, bias?.type, output.type) {
    case (.float32, .float32, nil, .float32), (.float32, .float32, .float32, .float32):
      let (minimum, maximum) = try activation.realBounds()
      return .float(minimum: minimum, maximum: maximum)
    case (.uint8, .uint8, nil, .uint8), (.uint8, .uint8, .int32, .uint8):
      return .uint8(try quantize())
    case (.int8, .int8, nil, .int8), (.int8, .int8, .int32, .int8),
      (.int8, .int4, nil, .int8), (.int8, .int4, .int32, .int8):
      return .int8(try quantize())
    case (.int16, .int8, nil, .int16) where biasType == .int32, (.int16, .int8, .int32, .int16),
      (.int16, .int4, nil, .int16) where biasType == .int32, (.int16, .int4, .int32, .int16):
      return .int16(try quantize())
    case (.int16, .int8, nil, .int16), (.int16, .int8, .int64, .int16),
      (.int16, .int4, nil, .int16), (.int16, .int4, .int64, .int16):
      return .int16Wide(try quantize())
    case (.float32, .int8, nil, .float32), (.float32, .int8, .float32, .float32),
      (.float32, .int4, nil, .float32), (.float32, .int4, .float32, .float32),
      (.float32, .uint8, nil, .float32), (.float32, .uint8, .float32, .float32):
      guard let quantizeInputs else { return nil }
      return .hybrid(try quantizeInputs())
    default:
      return nil
    }
  }
}

/// Adds the bias to a float sum, clamps and stores it.
struct FloatOutputStage {
  let bias: UnsafeBufferPointer<Float>
  let output: UnsafeMutableBufferPointer<Float>
  let minimum: Float
  let maximum: Float

  @inline(__always)
  func store(_ sum: Float, at index: Int, channel: Int) {
    let biased = bias.isEmpty ? sum : sum + bias[channel]
    output[index] = min(max(biased, minimum), maximum)
  }
}

/// Adds the bias to an integer sum, requantizes, clamps and stores it.
struct QuantizedOutputStage<Element: QuantizedElement, Bias: FixedWidthInteger & BitwiseCopyable> {
  let bias: UnsafeBufferPointer<Bias>
  let output: UnsafeMutableBufferPointer<Element>
  let quantization: ConvolutionQuantization

  @inline(__always)
  func store(_ sum: Int32, at index: Int, channel: Int) where Bias == Int32 {
    let biased = bias.isEmpty ? sum : sum &+ bias[channel]
    store(scaled: quantization.multiplier(channel).multiply(biased), at: index)
  }

  @inline(__always)
  func store(_ sum: Int64, at index: Int, channel: Int) where Bias == Int64 {
    let biased = bias.isEmpty ? sum : sum &+ bias[channel]
    store(scaled: quantization.multiplier(channel).multiply(biased), at: index)
  }

  @inline(__always)
  private func store(scaled: Int32, at index: Int) {
    output[index] = clampAndNarrow(
      scaled &+ quantization.outputZeroPoint, quantization.minimum, quantization.maximum)
  }
}

extension KernelBuffers {
  /// The output stage of a float operator whose bias is input `biasIndex`.
  func floatStage(bias biasIndex: Int, _ minimum: Float, _ maximum: Float) -> FloatOutputStage {
    FloatOutputStage(
      bias: input(biasIndex, as: Float.self), output: output(0, as: Float.self),
      minimum: minimum, maximum: maximum)
  }

  /// The output stage of an integer operator whose bias is input `biasIndex`.
  func quantizedStage<Element, Bias>(
    bias biasIndex: Int, _ quantization: ConvolutionQuantization, _ element: Element.Type,
    _ biasType: Bias.Type
  ) -> QuantizedOutputStage<Element, Bias> {
    QuantizedOutputStage(
      bias: input(biasIndex, as: biasType), output: output(0, as: element),
      quantization: quantization)
  }
}
