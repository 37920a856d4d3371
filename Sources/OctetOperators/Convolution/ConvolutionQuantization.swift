import OctetCore

/// The integer arithmetic behind a convolution-like operator's output, checked.
///
/// `output = clamp(zeroPoint + requantize(Σ (input + inputOffset)·(filter + filterOffset) + bias))`
public struct ConvolutionQuantization: Hashable, Sendable {
  /// Minus the input's zero point.
  public var inputOffset: Int32
  /// Minus the filter's zero point; 0 where the filter is per channel.
  public var filterOffset: Int32
  /// The output's zero point.
  public var outputZeroPoint: Int32
  /// One multiplier, or one for each output channel.
  public var multipliers: [QuantizedMultiplier]
  /// The lowest quantized output that the activation allows.
  public var minimum: Int32
  /// The highest quantized output that the activation allows.
  public var maximum: Int32

  /// Checks scales and zero points of a convolution, and computes multipliers and clamps.
  ///
  /// **Quantization**: uint8 uses one multiplier `float32(s_in · s_filter) / s_out`; int8 and
  /// int16 use `s_in · s_filter[c] / s_out` in double for each of `channelCount` channels, and
  /// their filter's zero points are 0.
  ///
  /// - Parameter channelAxis: the filter dimension that per-channel scales must run along.
  /// - Throws: `.invalidQuantization` where parameters are missing, of the wrong length or axis,
  ///   not positive, or where a uint8 bias scale is off by more than 0.02 output steps.
  /// - Source: TFLite `PopulateConvolutionQuantizationParams`.
  public init(
    input: TensorSpec, filter: TensorSpec, bias: TensorSpec?, output: TensorSpec,
    activation: Activation, channelAxis: Int, channelCount: Int
  ) throws(OctetError) {
    if input.type == .uint8 {
      try self.init(
        singleScale: input, filter: filter, bias: bias, output: output, activation: activation)
    } else {
      let scales = try Self.channelScales(filter, axis: channelAxis, count: channelCount)
      try self.init(
        input: input, filterScales: scales, output: output, activation: activation)
    }
  }

  /// Checks scales and zero points of a dense layer, and computes multipliers and clamps.
  ///
  /// **Quantization**: a filter of one scale uses one multiplier `float32(s_in · s_filter) / s_out`
  /// whatever its type, and its zero point counts; per-channel filters are as in a convolution.
  ///
  /// - Throws: as for a convolution.
  /// - Source: TFLite `fully_connected::PrepareImpl`.
  public init(
    denseInput input: TensorSpec, filter: TensorSpec, bias: TensorSpec?, output: TensorSpec,
    activation: Activation, units: Int
  ) throws(OctetError) {
    if filter.quantization?.scale != nil || input.type == .uint8 {
      try self.init(
        singleScale: input, filter: filter, bias: bias, output: output, activation: activation)
    } else {
      let scales = try Self.channelScales(filter, axis: 0, count: units)
      try self.init(
        input: input, filterScales: scales, output: output, activation: activation)
    }
  }

  /// Checks scales and zero points of a matrix product, and computes its multiplier.
  ///
  /// - Throws: as for a dense layer.
  /// - Source: TFLite `batch_matmul::Prepare`.
  init(left: TensorSpec, right: TensorSpec, output: TensorSpec) throws(OctetError) {
    try self.init(
      singleScale: left, filter: right, bias: nil, output: output, activation: .none)
  }

  private init(
    singleScale input: TensorSpec, filter: TensorSpec, bias: TensorSpec?, output: TensorSpec,
    activation: Activation
  ) throws(OctetError) {
    let (inputScale, inputZeroPoint) = try input.affine()
    let (filterScale, filterZeroPoint) = try filter.affine()
    let (outputScale, zeroPoint) = try output.affine()
    // The product is rounded to float32 before the division, as in the source.
    let product = Double(inputScale * filterScale)
    try Self.checkBiasScale(bias, product: product, outputScale: Double(outputScale))
    inputOffset = -inputZeroPoint
    filterOffset = -filterZeroPoint
    outputZeroPoint = zeroPoint
    multipliers = [try QuantizedMultiplier(product / Double(outputScale))]
    (minimum, maximum) = try activation.quantizedBounds(output)
    try checkSymmetry(input)
  }

  private init(
    input: TensorSpec, filterScales: [Float], output: TensorSpec, activation: Activation
  ) throws(OctetError) {
    let (inputScale, inputZeroPoint) = try input.affine()
    let (outputScale, zeroPoint) = try output.affine()
    inputOffset = -inputZeroPoint
    filterOffset = 0
    outputZeroPoint = zeroPoint
    multipliers = []
    for scale in filterScales {
      multipliers.append(
        try QuantizedMultiplier(
          signed: Double(inputScale) * Double(scale) / Double(outputScale)))
    }
    (minimum, maximum) = try activation.quantizedBounds(output)
    try checkSymmetry(input)
  }

  /// 16-bit activations have no zero point, and their wide multiplication takes no left shift
  /// beyond 7 bits.
  private func checkSymmetry(_ input: TensorSpec) throws(OctetError) {
    guard input.type == .int16 else { return }
    guard inputOffset == 0, filterOffset == 0, outputZeroPoint == 0 else {
      throw OctetError(.invalidQuantization(reason: "zero points must be 0 for int16"))
    }
    guard multipliers.allSatisfy({ $0.exponent < 8 }) else {
      throw OctetError(.invalidQuantization(reason: "scales are too far apart for int16"))
    }
  }

  /// The multiplier of one output channel.
  @inline(__always)
  package func multiplier(_ channel: Int) -> QuantizedMultiplier {
    multipliers[multipliers.count == 1 ? 0 : channel]
  }

  private static func checkBiasScale(
    _ bias: TensorSpec?, product: Double, outputScale: Double
  ) throws(OctetError) {
    guard let bias else { return }
    let scale = Double(bias.quantization?.scale ?? 0)
    guard abs(product - scale) / outputScale <= 0.02 else {
      throw OctetError(
        .invalidQuantization(
          reason: "bias scale \(scale) is not the product \(product) of input and filter scales"))
    }
  }

  private static func channelScales(
    _ filter: TensorSpec, axis: Int, count: Int
  ) throws(OctetError) -> [Float] {
    guard let quantization = filter.quantization, !quantization.scales.isEmpty else {
      throw OctetError(.invalidQuantization(reason: "'\(filter.name)' has no scale"))
    }
    let scales = quantization.scales
    guard scales.count == 1 || (scales.count == count && quantization.axis == axis) else {
      throw OctetError(
        .invalidQuantization(
          reason: "'\(filter.name)' has \(scales.count) scales along axis \(quantization.axis), "
            + "expected 1, or \(count) along axis \(axis)"))
    }
    // Negative scales are legal here: folding a batch normalization into int8 weights leaves them.
    for scale in scales { try TensorSpec.check(scale: abs(scale), filter.name) }
    guard quantization.zeroPoints.allSatisfy({ $0 == 0 }) else {
      throw OctetError(
        .invalidQuantization(reason: "zero points of '\(filter.name)' must be 0 for \(filter.type)")
      )
    }
    return scales
  }
}
