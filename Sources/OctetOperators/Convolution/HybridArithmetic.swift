import OctetCore

/// The arithmetic of a layer with float activations and integer weights, checked.
///
/// Activations are quantized while the layer runs, row by row, each row with a scale of its own:
/// `output = activation(Σ (q − zeroPoint)·weight · rowScale · filterScale + bias)`.
package struct HybridArithmetic: Sendable {
  /// One scale, or one for each output channel.
  package let filterScales: [Float]
  /// Whether rows have a zero point besides their scale.
  package let isAsymmetric: Bool
  package let activation: Activation
  /// The number of rows, each quantized by itself.
  package let rowCount: Int
  package let rowLength: Int
  private let lanes: ScratchRegion<Int16>
  private let rowScales: ScratchRegion<Float>
  let scratchByteCount: Int

  /// Checks scales, and reserves scratch memory.
  ///
  /// - Parameters:
  ///   - channelCount: the filter's output channels.
  ///   - takesFirstScale: whether the scales of a per-channel filter are all the same.
  /// - Throws: `.invalidQuantization` where scales are missing, not finite or not as many as
  ///   channels; `.limitExceeded`.
  init(
    filter: TensorSpec, channelCount: Int, isAsymmetric: Bool, activation: Activation,
    rowCount: Int, rowLength: Int, takesFirstScale: Bool = false
  ) throws(OctetError) {
    let scales = try Self.scales(of: filter, channelCount: channelCount)
    filterScales = takesFirstScale ? Array(scales.prefix(1)) : scales
    self.isAsymmetric = isAsymmetric
    self.activation = activation
    self.rowCount = rowCount
    self.rowLength = rowLength
    var layout = ScratchLayout()
    let (count, overflow) = rowCount.multipliedReportingOverflow(by: rowLength)
    lanes = try layout.reserve(Int16.self, count: overflow ? Int.max : count)
    rowScales = try layout.reserve(Float.self, count: rowCount)
    scratchByteCount = layout.byteCount
  }

  /// The scales of a filter: one, or one for each output channel; zero for channels of zeros.
  ///
  /// - Throws: `.invalidQuantization`.
  static func scales(
    of filter: TensorSpec, channelCount: Int
  ) throws(OctetError) -> [Float] {
    guard let scales = filter.quantization?.scales, !scales.isEmpty else {
      throw OctetError(.invalidQuantization(reason: "'\(filter.name)' has no scale"))
    }
    guard scales.count == 1 || scales.count == channelCount else {
      throw OctetError(
        .invalidQuantization(
          reason: "'\(filter.name)' has \(scales.count) scales for \(channelCount) channels"))
    }
    guard scales.allSatisfy(\.isFinite) else {
      throw OctetError(.invalidQuantization(reason: "a scale of '\(filter.name)' is not finite"))
    }
    return scales
  }

  /// Quantizes all rows of input 0.
  ///
  /// - Returns: the rows' distances from their zero points, and their scales.
  func quantizedRows(
    _ buffers: KernelBuffers
  ) -> (lanes: UnsafeMutableBufferPointer<Int16>, scales: UnsafeMutableBufferPointer<Float>) {
    let lanes = buffers.scratch(lanes)
    let scales = buffers.scratch(rowScales)
    if let input = buffers.input(0, as: Float.self).baseAddress, let base = lanes.baseAddress {
      for row in 0..<rowCount {
        scales[row] = DynamicQuantization.quantize(
          input + row * rowLength, count: rowLength, asymmetrically: isAsymmetric,
          into: base + row * rowLength)
      }
    }
    return (lanes, scales)
  }

  /// The output of one channel.
  @inline(__always)
  func output(_ sum: Int32, channel: Int, rowScale: Float, bias: Float) -> Float {
    let value: Float
    if filterScales.count == 1 {
      value = Float(sum) * (rowScale * filterScales[0]) + bias
    } else {
      value = Float(sum) * filterScales[channel] * rowScale + bias
    }
    return activation.apply(value)
  }
}

/// Writes the outputs of a layer with float activations and integer weights.
struct HybridOutputStage {
  let arithmetic: HybridArithmetic
  let bias: UnsafeBufferPointer<Float>
  let output: UnsafeMutableBufferPointer<Float>

  @inline(__always)
  func store(_ sum: Int32, at index: Int, channel: Int, rowScale: Float) {
    output[index] = arithmetic.output(
      sum, channel: channel, rowScale: rowScale, bias: bias.isEmpty ? 0 : bias[channel])
  }
}

extension KernelBuffers {
  /// The output stage of a layer whose float bias is input `biasIndex`.
  func hybridStage(bias biasIndex: Int, _ arithmetic: HybridArithmetic) -> HybridOutputStage {
    HybridOutputStage(
      arithmetic: arithmetic, bias: input(biasIndex, as: Float.self),
      output: output(0, as: Float.self))
  }
}
