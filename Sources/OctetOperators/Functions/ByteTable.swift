import OctetCore

/// A function of one 8-bit element, tabulated: 256 results.
///
/// Every elementwise function on 8-bit elements can be tabulated, however its values are computed.
package struct ByteTable: Hashable, Sendable {
  /// Results by the bit pattern of the argument.
  package private(set) var results: [UInt8]

  /// The number of results.
  package static let size = 256

  /// A table of results that are known, by the bit pattern of the argument.
  package init(results: [UInt8]) {
    precondition(results.count == Self.size)
    self.results = results
  }

  /// Tabulates a function on the elements themselves; results are clamped to `Element`.
  init<Element: QuantizedElement>(_ type: Element.Type, _ function: (Int32) -> Int32) {
    results = [UInt8](repeating: 0, count: Self.size)
    for argument in Int32(truncatingIfNeeded: Element.min)...Int32(truncatingIfNeeded: Element.max)
    {
      let result = Element(clamping: function(argument))
      results[Int(UInt8(truncatingIfNeeded: argument))] = UInt8(truncatingIfNeeded: result)
    }
  }

  /// Tabulates a real function between two quantized tensors of one 8-bit type.
  ///
  /// **Quantization**: `zp_out + round(f(s_in · (q − zp_in)) · (1 / s_out))` in float32, halves away
  /// from zero; results that aren't finite saturate, not-a-number gives the zero point.
  ///
  /// - Returns: nil unless both tensors are uint8 or both int8.
  /// - Throws: `.invalidQuantization`.
  /// - Source: TFLite `LUTPopulate`.
  init?(
    input: TensorSpec, output: TensorSpec, _ function: (Float) -> Float
  ) throws(OctetError) {
    guard input.type == output.type, input.type == .uint8 || input.type == .int8 else { return nil }
    let (inputScale, inputZeroPoint) = try input.affine()
    let (outputScale, outputZeroPoint) = try output.affine()
    let inverseScale = 1 / outputScale
    func tabulated(_ argument: Int32) -> Int32 {
      let real = inputScale * Float(argument - inputZeroPoint)
      let steps = (function(real) * inverseScale).rounded(.toNearestOrAwayFromZero)
      return Int32(saturating: steps + Float(outputZeroPoint), orIfNaN: outputZeroPoint)
    }
    if input.type == .uint8 {
      self.init(UInt8.self, tabulated)
    } else {
      self.init(Int8.self, tabulated)
    }
  }

  /// Maps each byte of the input, as many as the output has.
  func map(_ input: UnsafeRawBufferPointer, to output: UnsafeMutableRawBufferPointer) {
    let count = min(input.count, output.count)
    results.withUnsafeBufferPointer { results in
      for i in 0..<count { output[i] = results[Int(input[i])] }
    }
  }
}

extension Int32 {
  /// A float without its fraction, saturated.
  init(saturating value: Float, orIfNaN fallback: Int32) {
    if value.isNaN {
      self = fallback
    } else if value >= 0x1p31 {
      self = .max
    } else if value <= -0x1p31 {
      self = .min
    } else {
      self = Int32(value)
    }
  }
}
