import OctetCore

/// Quantization of real values to 8 bits while a model runs, with a range taken from the values.
///
/// The results are distances from the zero point, `q − zeroPoint`, so that sums of products need no
/// correction for it. They fit in 9 bits.
///
/// **Source**: TFLite `tensor_utils::SymmetricQuantizeFloats`, `AsymmetricQuantizeFloats`; where the
/// portable and the vectorised form part, the latter, which every common build uses.
enum DynamicQuantization {
  /// Quantizes values and returns their scale.
  ///
  /// Values that aren't finite become 0 or the nearest bound.
  @inline(__always)
  static func quantize(
    _ values: UnsafePointer<Float>, count: Int, asymmetrically: Bool,
    into lanes: UnsafeMutablePointer<Int16>
  ) -> Float {
    asymmetrically
      ? quantizeAsymmetrically(values, count: count, into: lanes)
      : quantizeSymmetrically(values, count: count, into: lanes)
  }

  private static func quantizeSymmetrically(
    _ values: UnsafePointer<Float>, count: Int, into lanes: UnsafeMutablePointer<Int16>
  ) -> Float {
    var range: Float = 0
    for i in 0..<count { range = max(range, abs(values[i])) }
    guard range != 0 else {
      lanes.update(repeating: 0, count: count)
      return 1
    }
    let inverse = 127 / range
    for i in 0..<count {
      let steps = Int32(saturating: (values[i] * inverse).rounded(.toNearestOrAwayFromZero))
      lanes[i] = Int16(truncatingIfNeeded: min(max(steps, -127), 127))
    }
    return range / 127
  }

  private static func quantizeAsymmetrically(
    _ values: UnsafePointer<Float>, count: Int, into lanes: UnsafeMutablePointer<Int16>
  ) -> Float {
    var (minimum, maximum): (Float, Float) = (0, 0)
    for i in 0..<count {
      minimum = min(minimum, values[i])
      maximum = max(maximum, values[i])
    }
    guard minimum != maximum else {
      lanes.update(repeating: 0, count: count)
      return 1
    }
    // The width is a float32, the rest of the choice is made in double.
    let exactScale = Double(maximum - minimum) / 255
    let scale = Float(exactScale)
    let zeroPoint = zeroPoint(
      lowest: Double(minimum) / exactScale, highest: Double(maximum) / exactScale)
    let inverse = scale == 0 ? 0 : Float(1 / Double(scale))
    for i in 0..<count {
      let steps = Int32(saturating: (values[i] * inverse).rounded(.toNearestOrAwayFromZero))
      let bounded = min(max(Int64(steps) + Int64(zeroPoint), -128), 127) - Int64(zeroPoint)
      lanes[i] = Int16(truncatingIfNeeded: bounded)
    }
    return scale
  }

  /// The zero point from whichever end of the range gives the smaller error, in steps.
  private static func zeroPoint(lowest: Double, highest: Double) -> Int32 {
    let fromMinimum = -128 - lowest
    let fromMaximum = 127 - highest
    let exact =
      128 + abs(lowest) < 127 + abs(highest) ? fromMinimum : fromMaximum
    return min(max(Int32(saturating: exact.rounded(.toNearestOrAwayFromZero)), -128), 127)
  }
}
