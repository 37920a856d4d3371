import OctetCore

/// A function of one 16-bit element: 513 samples with straight lines between them.
///
/// The upper 9 bits of an element choose the line, the lower 7 the place on it.
///
/// Source: TFLite `LUTPopulateInt16`, `LUTLookup`.
struct InterpolatedTable: Hashable, Sendable {
  private var samples: [Int16]

  /// Samples a real function between two 16-bit tensors.
  ///
  /// Each sample is moved by half the error that the line makes in its middle.
  init<Real: BinaryFloatingPoint>(
    inputScale: Real, inputZeroPoint: Int32, outputScale: Real, outputZeroPoint: Int32,
    _ function: (Real) -> Real
  ) {
    let lowest = Int32(Int16.min)
    let highest = Int32(Int16.max)
    let inputMinimum = inputScale * Real(lowest - inputZeroPoint)
    let inputMaximum = inputScale * Real(highest - inputZeroPoint)
    let outputMinimum = outputScale * Real(lowest - outputZeroPoint)
    let outputMaximum = outputScale * Real(highest - outputZeroPoint)
    let step = (inputMaximum - inputMinimum) / 512
    let inverseScale = Real(highest - lowest + 1) / (outputMaximum - outputMinimum)
    func round(_ value: Real) -> Real { value.rounded(.toNearestOrAwayFromZero) }

    samples = []
    samples.reserveCapacity(513)
    for index in 0..<512 {
      let start = inputMinimum + Real(index) * step
      let sample = round(function(start) * inverseScale)
      let next = function(inputMinimum + Real(index + 1) * step) * inverseScale
      let middle = round(function(start + step / 2) * inverseScale)
      let error = round((next + sample) / 2) - middle
      samples.append(Self.saturated(sample - round(error / 2)))
    }
    samples.append(Self.saturated(round(function(inputMaximum) * inverseScale)))
  }

  /// The function's value at an element.
  func callAsFunction(_ element: Int16) -> Int16 {
    let index = 256 + Int(element >> 7)
    let base = Int32(samples[index])
    let slope = Int32(Int16(truncatingIfNeeded: Int32(samples[index + 1]) - base))
    let delta = (slope * Int32(element & 0x7F) + 64) >> 7
    return Int16(truncatingIfNeeded: base + delta)
  }

  private static func saturated<Real: BinaryFloatingPoint>(_ value: Real) -> Int16 {
    guard !value.isNaN else { return 0 }
    return Int16(max(min(value, Real(Int16.max)), Real(Int16.min)))
  }
}
