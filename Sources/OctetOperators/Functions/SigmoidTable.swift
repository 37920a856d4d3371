/// Samples of the logistic function for 16-bit logistic and tanh, which share them.
///
/// Entry i is `65536 · logistic(i / 24)`, off by up to 1.2 without a rule, so that the values have to
/// be listed.
///
/// Source: TFLite `sigmoid_table_uint16`.
enum SigmoidTable {
  /// The samples for i in 0...255.
  fileprivate static let samples: [Int32] = [
    32_768, 33_451, 34_133, 34_813, 35_493, 36_169, 36_843, 37_513, 38_180, 38_841, 39_498,
    40_149, 40_794, 41_432, 42_064, 42_688, 43_304, 43_912, 44_511, 45_102, 45_683, 46_255,
    46_817, 47_369, 47_911, 48_443, 48_964, 49_475, 49_975, 50_464, 50_942, 51_409, 51_865,
    52_311, 52_745, 53_169, 53_581, 53_983, 54_374, 54_755, 55_125, 55_485, 55_834, 56_174,
    56_503, 56_823, 57_133, 57_433, 57_724, 58_007, 58_280, 58_544, 58_800, 59_048, 59_288,
    59_519, 59_743, 59_959, 60_168, 60_370, 60_565, 60_753, 60_935, 61_110, 61_279, 61_441,
    61_599, 61_750, 61_896, 62_036, 62_172, 62_302, 62_428, 62_549, 62_666, 62_778, 62_886,
    62_990, 63_090, 63_186, 63_279, 63_368, 63_454, 63_536, 63_615, 63_691, 63_765, 63_835,
    63_903, 63_968, 64_030, 64_090, 64_148, 64_204, 64_257, 64_308, 64_357, 64_405, 64_450,
    64_494, 64_536, 64_576, 64_614, 64_652, 64_687, 64_721, 64_754, 64_786, 64_816, 64_845,
    64_873, 64_900, 64_926, 64_950, 64_974, 64_997, 65_019, 65_039, 65_060, 65_079, 65_097,
    65_115, 65_132, 65_149, 65_164, 65_179, 65_194, 65_208, 65_221, 65_234, 65_246, 65_258,
    65_269, 65_280, 65_291, 65_301, 65_310, 65_319, 65_328, 65_337, 65_345, 65_352, 65_360,
    65_367, 65_374, 65_381, 65_387, 65_393, 65_399, 65_404, 65_410, 65_415, 65_420, 65_425,
    65_429, 65_433, 65_438, 65_442, 65_445, 65_449, 65_453, 65_456, 65_459, 65_462, 65_465,
    65_468, 65_471, 65_474, 65_476, 65_479, 65_481, 65_483, 65_485, 65_488, 65_489, 65_491,
    65_493, 65_495, 65_497, 65_498, 65_500, 65_501, 65_503, 65_504, 65_505, 65_507, 65_508,
    65_509, 65_510, 65_511, 65_512, 65_513, 65_514, 65_515, 65_516, 65_517, 65_517, 65_518,
    65_519, 65_520, 65_520, 65_521, 65_522, 65_522, 65_523, 65_523, 65_524, 65_524, 65_525,
    65_525, 65_526, 65_526, 65_526, 65_527, 65_527, 65_528, 65_528, 65_528, 65_529, 65_529,
    65_529, 65_529, 65_530, 65_530, 65_530, 65_530, 65_531, 65_531, 65_531, 65_531, 65_531,
    65_532, 65_532, 65_532, 65_532, 65_532, 65_532, 65_533, 65_533, 65_533, 65_533, 65_533,
    65_533, 65_533, 65_533, 65_534, 65_534, 65_534, 65_534, 65_534, 65_534, 65_534, 65_534,
    65_534, 65_534, 65_535,
  ]

  /// `2^(16 + fractionBits) · logistic(x / (24 · 2^fractionBits))` for x ≥ 0 on the lines between
  /// samples; `saturated` from x = 255 · 2^fractionBits on.
  static func interpolate(_ x: Int32, fractionBits: Int32, saturated: Int32) -> Int32 {
    let index = Int(x >> fractionBits)
    guard index < 255 else { return saturated }
    let rest = x & ((1 << fractionBits) - 1)
    let (left, right) = (samples[index], samples[index + 1])
    return (left << fractionBits) + rest * (right - left)
  }
}

/// Logistic or hyperbolic tangent of 16-bit elements, from the samples of the former.
///
/// Values below 0 follow by symmetry.
///
/// **Source**: TFLite `reference_integer_ops::Logistic` and `Tanh` for `int16_t`.
package struct SigmoidFunction: Hashable, Sendable {
  /// How elements come to the samples' unit.
  package let input: SigmoidInput
  /// Bits of the position between two samples.
  package let fractionBits: Int32
  /// The value from the last sample on, with `fractionBits` more bits than samples have.
  let saturated: Int32
  /// `(above + value) >> rightShift` from 0 on, `(below − value) >> rightShift` below.
  package let above: Int32
  package let below: Int32
  package let rightShift: Int32

  /// The samples with 9 more bits, rounded to 15 bits.
  static func logistic(_ input: SigmoidInput) -> SigmoidFunction {
    let half: Int32 = 1 << 9
    return SigmoidFunction(
      input: input, fractionBits: 9, saturated: 0x7FFF << 10, above: half,
      below: (1 << 25) + half - 1, rightShift: 10)
  }

  /// Twice the logistic function with 8 more bits than the samples, minus one.
  static func hyperbolicTangent(_ input: SigmoidInput) -> SigmoidFunction {
    let one: Int32 = 1 << 23
    let half: Int32 = 1 << 7
    return SigmoidFunction(
      input: input, fractionBits: 8, saturated: 0xFFFF << 8, above: half - one,
      below: one + half - 1, rightShift: 8)
  }

  func callAsFunction(_ element: Int16) -> Int16 {
    let x = input(element)
    let magnitude = SigmoidTable.interpolate(
      Int32(clamping: x.magnitude), fractionBits: fractionBits, saturated: saturated)
    let result = x >= 0 ? above + magnitude : below - magnitude
    return Int16(truncatingIfNeeded: result >> rightShift)
  }

  /// The lines between samples: where they begin, and how far the next one is; the last one is level.
  package var lines: (starts: [Int32], steps: [Int32]) {
    let samples = SigmoidTable.samples
    return (
      samples.dropLast() + [saturated >> fractionBits],
      zip(samples, samples.dropFirst()).map { $1 - $0 } + [0]
    )
  }
}

/// Rescales 16-bit elements to steps of 1/(3 · 4096), the samples' unit.
package struct SigmoidInput: Hashable, Sendable {
  package private(set) var multiplier: Int32
  package private(set) var rightShift: Int32

  /// The rescaling for elements of this scale.
  ///
  /// - Parameter directShifts: powers of two above 1/4096 that need no multiplier.
  init(scale: Float, directShifts: ClosedRange<Int32>) {
    let shift = Int32(saturating: (scale.nearPowerOfTwo ?? .nan) + 12, orIfNaN: -1)
    if directShifts.contains(shift) {
      multiplier = 3 << shift
      rightShift = 0
      return
    }
    var factor = Double(scale) * 4096 * 3
    rightShift = 0
    while factor <= 32767.0 / 2, rightShift <= 30 {
      rightShift += 1
      factor *= 2
    }
    multiplier = Int32(saturating: Float(factor), orIfNaN: 0)
  }

  /// The element in steps of 1/(3 · 4096).
  func callAsFunction(_ element: Int16) -> Int32 {
    let rounding: Int32 = rightShift > 0 ? 1 &<< (rightShift &- 1) : 0
    return (Int32(element) &* multiplier &+ rounding) &>> rightShift
  }
}
