import OctetCore

/// A real function of an int16 tensor by 512 linear segments.
///
/// Each segment covers 128 values; its start is moved by half the error in its middle, which
/// halves the largest error.
///
/// **Source**: TFLite `LUTPopulateInt16` and `LUTLookup`.
public struct InterpolatedTable: Hashable, Sendable {
  private let values: [Int32]

  /// Samples `function` over the real numbers that an int16 input stands for.
  public init(
    inputScale: Float, inputZeroPoint: Int32, outputScale: Float, outputZeroPoint: Int32,
    _ function: (Float) -> Float
  ) {
    let lowest = Int32(Int16.min)
    let highest = Int32(Int16.max)
    let inputMinimum = inputScale * Float(lowest - inputZeroPoint)
    let inputMaximum = inputScale * Float(highest - inputZeroPoint)
    let outputMinimum = outputScale * Float(lowest - outputZeroPoint)
    let outputMaximum = outputScale * Float(highest - outputZeroPoint)
    let segments = 512
    let step = (inputMaximum - inputMinimum) / Float(segments)
    let stepsPerUnit = Float(highest - lowest + 1) / (outputMaximum - outputMinimum)
    func clamp(_ value: Float) -> Int32 { Int32(Int16(saturating: value)) }
    func round(_ value: Float) -> Float { value.rounded(.toNearestOrAwayFromZero) }
    var values: [Int32] = []
    for segment in 0..<segments {
      let start = inputMinimum + Float(segment) * step
      let value = function(start) * stepsPerUnit
      let middle = function(start + step / 2) * stepsPerUnit
      let next = function(inputMinimum + Float(segment + 1) * step) * stepsPerUnit
      let error = round((next + round(value)) / 2) - round(middle)
      values.append(clamp(round(value) - round(error / 2)))
    }
    values.append(clamp(round(function(inputMaximum) * stepsPerUnit)))
    self.values = values
  }

  /// The function's value for an int16 value.
  func callAsFunction(_ value: Int32) -> Int32 {
    let index = Int(256 + (value >> 7))
    let slope = values[index + 1] - values[index]
    return values[index] + ((slope * (value & 0x7f) + 64) >> 7)
  }
}
