import OctetCore

extension RecordedRange {
  /// The range widened to include 0, as every quantization must represent it exactly.
  ///
  /// - Note: bounds in the wrong order, like (2, 1), become [0, 1].
  /// - Source: TOCO `ResolveFakeQuantArgsFromVars`.
  var includingZero: RecordedRange {
    var copy = self
    copy.minimums = minimums.map { min($0, 0) }
    copy.maximums = maximums.map { max($0, 0) }
    return copy
  }

  /// Symmetric bounds for weights whose zero point must be 0.
  var symmetric: RecordedRange {
    var copy = self
    copy.maximums = zip(minimums, maximums).map { max(abs($0), abs($1)) }
    copy.minimums = copy.maximums.map { -$0 }
    copy.isNarrow = true
    return copy
  }

  /// Scale and zero point of a range with one interval.
  func parameters(_ type: ElementType) throws(OctetError) -> AffineParameters {
    try AffineParameters(
      minimum: min(minimum, 0), maximum: max(maximum, 0), type: type, isNarrow: isNarrow)
  }

  /// Scales and zero points, one for each interval.
  func channelParameters(_ type: ElementType) throws(OctetError) -> [AffineParameters] {
    var list: [AffineParameters] = []
    for (channel, bounds) in zip(minimums, maximums).enumerated() {
      do {
        list.append(
          try AffineParameters(
            minimum: min(bounds.0, 0), maximum: max(bounds.1, 0), type: type, isNarrow: isNarrow))
      } catch { throw axis == nil ? error : error.within("channel \(channel)") }
    }
    return list
  }

  /// Whether quantizing to `type` gives the same scale and zero point as `other`.
  ///
  /// False where either has none, so that it is reported where it belongs.
  func quantizesAlike(_ other: RecordedRange, _ type: ElementType) -> Bool {
    guard let mine = try? channelParameters(type), let others = try? other.channelParameters(type)
    else { return false }
    return axis == other.axis && mine.map(\.quantization) == others.map(\.quantization)
  }

  /// Whether a byte quantized in `other` stands for the same step here: rescaling would change none.
  ///
  /// FakeQuant nodes nudge their bounds, so that ranges recorded before and behind an operator that
  /// copies differ by rounding errors.
  func sharesSteps(with other: RecordedRange, _ type: ElementType) -> Bool {
    guard axis == nil, other.axis == nil, let mine = try? parameters(type),
      let others = try? other.parameters(type), mine.zeroPoint == others.zeroPoint
    else { return quantizesAlike(other, type) }
    let range = type.quantizedRange
    let zeroPoint = Double(mine.zeroPoint)
    let farthest = max(Double(range.upperBound) - zeroPoint, zeroPoint - Double(range.lowerBound))
    return abs(others.scale / mine.scale - 1) * farthest < 0.5
  }

  /// The smallest range that holds this one and `other`.
  func union(_ other: RecordedRange) -> RecordedRange {
    RecordedRange(
      minimum: min(minimum, other.minimum), maximum: max(maximum, other.maximum),
      origin: origin.combined(with: other.origin))
  }

  /// The same interval as a consequence: at another tensor of the same values.
  var propagated: RecordedRange {
    RecordedRange(
      minimum: minimum, maximum: maximum, isNarrow: false,
      origin: origin == .userDefault ? .userDefault : .operation)
  }

  /// `[-1.0, 2.5]`.
  var intervalText: String { "[\(Float(minimum)), \(Float(maximum))]" }
}

extension RecordedRange.Origin {
  /// The origin of what depends on both: an assumption stays one.
  fileprivate func combined(with other: Self) -> Self {
    self == .userDefault || other == .userDefault ? .userDefault : .operation
  }
}

extension GraphTensor {
  /// The interval of a constant's data, with 0; [0, 1] where all of it is 0.
  ///
  /// - Source: TOCO `GetOrComputeMinMax`.
  /// - Throws: `.invalidQuantization` for NaN and infinities.
  func dataRange() throws(OctetError) -> RecordedRange? {
    guard type == .float32, let constant else { return nil }
    let (minimum, maximum, isFinite) = constant.withUnsafeBytes { raw in
      var minimum: Float = 0
      var maximum: Float = 0
      var isFinite = true
      for value in raw.assumingMemoryBound(to: Float.self) {
        minimum = value < minimum ? value : minimum
        maximum = value > maximum ? value : maximum
        isFinite = isFinite && value.isFinite
      }
      return (minimum, maximum, isFinite)
    }
    guard isFinite else {
      throw OctetError(
        .invalidQuantization(reason: "the constant has values that are not finite"), at: [name])
    }
    return RecordedRange(
      minimum: Double(minimum), maximum: minimum == 0 && maximum == 0 ? 1 : Double(maximum),
      origin: .data)
  }
}
