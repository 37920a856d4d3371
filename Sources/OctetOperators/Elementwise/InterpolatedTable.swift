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
  public init<Real: BinaryFloatingPoint>(
    inputScale: Real, inputZeroPoint: Int32, outputScale: Real, outputZeroPoint: Int32,
    _ function: (Real) -> Real
  ) {
    let lowest = Int32(Int16.min)
    let highest = Int32(Int16.max)
    let inputMinimum = inputScale * Real(lowest - inputZeroPoint)
    let inputMaximum = inputScale * Real(highest - inputZeroPoint)
    let outputMinimum = outputScale * Real(lowest - outputZeroPoint)
    let outputMaximum = outputScale * Real(highest - outputZeroPoint)
    let segments = 512
    let step = (inputMaximum - inputMinimum) / Real(segments)
    let stepsPerUnit = Real(highest - lowest + 1) / (outputMaximum - outputMinimum)
    func clamp(_ value: Real) -> Int32 { Int32(Int16(saturating: Float(value))) }
    func round(_ value: Real) -> Real { value.rounded(.toNearestOrAwayFromZero) }
    var values: [Int32] = []
    for segment in 0..<segments {
      let start = inputMinimum + Real(segment) * step
      let value = function(start) * stepsPerUnit
      let middle = function(start + step / 2) * stepsPerUnit
      let next = function(inputMinimum + Real(segment + 1) * step) * stepsPerUnit
      let error = round((next + round(value)) / 2) - round(middle)
      values.append(clamp(round(value) - round(error / 2)))
    }
    values.append(clamp(round(function(inputMaximum) * stepsPerUnit)))
    self.values = values
  }

  /// Where the segments begin.
  package var starts: [Int32] { Array(values.dropLast()) }

  /// 128 times the slopes of the segments: 16 bits, as in the source, where those of a steep function
  /// wrap.
  package var slopes: [Int32] {
    zip(values, values.dropFirst()).map { Self.slope(from: $0, to: $1) }
  }

  private static func slope(from start: Int32, to end: Int32) -> Int32 {
    Int32(Int16(truncatingIfNeeded: end - start))
  }

  /// The function's value for an int16 value.
  func callAsFunction(_ value: Int32) -> Int32 {
    let index = Int(256 + (value >> 7))
    let slope = Self.slope(from: values[index], to: values[index + 1])
    return values[index] + ((slope * (value & 0x7f) + 64) >> 7)
  }
}
