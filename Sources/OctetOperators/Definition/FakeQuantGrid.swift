import OctetCore

/// The evenly spaced real values that a FakeQuant node rounds to, in TensorFlow's float32 arithmetic.
///
/// The grid is shifted so that 0 is one of its values: `real = scale · (q − zeroPoint)` for
/// `q` in `lowest...highest`.
///
/// **Source**: TensorFlow `FakeQuantWithMinMaxVarsFunctor` (which divides by the scale) and
/// `FakeQuantWithMinMaxVarsPerChannelFunctor` (which multiplies by its inverse).
public struct FakeQuantGrid: Hashable, Sendable {
  /// The distance of two values; 0 where the range is [0, 0] and everything becomes 0.
  public let scale: Float
  /// The step that stands for 0; a whole number.
  public let zeroPoint: Float
  /// The lowest step: 1 where the range is narrow, else 0.
  public let lowest: Float
  /// The highest step: 255 for eight bits.
  public let highest: Float

  /// How a value becomes a number of steps; the two ways part at some values halfway between steps.
  public enum Method: Hashable, Sendable {
    /// By division by the scale, as TensorFlow's operation with one range.
    case division
    /// By multiplication with the scale's inverse, as its operation with a range per channel.
    case multiplication
  }

  private let method: Method
  private let inverseScale: Float
  private let minimum: Float
  private let maximum: Float
  private let zeroStep: Float

  /// The grid of a range.
  ///
  /// - Parameters:
  ///   - numberOfBits: 2 to 16.
  ///   - isNarrow: whether the lowest step is left out.
  ///   - method: the rounding of values halfway between steps.
  /// - Throws: `.invalidQuantization` for bounds that are not finite, for an empty interval other
  ///   than [0, 0] and for one that is too small or too large for float32; `.invalidOption` for
  ///   other numbers of bits.
  public init(
    minimum: Float, maximum: Float, numberOfBits: Int = 8, isNarrow: Bool = false,
    method: Method = .multiplication
  ) throws(OctetError) {
    guard (2...16).contains(numberOfBits) else {
      throw OctetError(.invalidOption(name: "num_bits", value: "\(numberOfBits)"))
    }
    self.method = method
    lowest = isNarrow ? 1 : 0
    highest = Float((1 << numberOfBits) - 1)
    if minimum == 0, maximum == 0 {
      (scale, inverseScale, zeroPoint) = (0, 0, lowest)
      (self.minimum, self.maximum, zeroStep) = (0, 0, 0)
      return
    }
    let width = maximum - minimum
    scale = width / (highest - lowest)
    inverseScale = (highest - lowest) / width
    guard minimum < maximum, scale.isFinite, scale > 0, inverseScale.isFinite else {
      throw OctetError(
        .invalidQuantization(
          reason: "FakeQuant can't round to 2^\(numberOfBits) values in [\(minimum), \(maximum)]"))
    }
    let exactZeroPoint = lowest - minimum / scale
    if exactZeroPoint < lowest {
      zeroPoint = lowest
    } else if exactZeroPoint > highest {
      zeroPoint = highest
    } else {
      zeroPoint = (exactZeroPoint + 0.5).rounded(.down)
    }
    self.minimum = (lowest - zeroPoint) * scale
    self.maximum = (highest - zeroPoint) * scale
    zeroStep = (-self.minimum * inverseScale + 0.5).rounded(.down)
  }

  /// The value of the grid that is nearest to `value`.
  public func nearest(to value: Float) -> Float {
    let clamped = Swift.max(Swift.min(value, maximum), minimum)
    let steps: Float
    switch method {
    case .multiplication: steps = (clamped - minimum) * inverseScale
    case .division: steps = scale == 0 ? 0 : (clamped - minimum) / scale
    }
    return (steps - zeroStep + 0.5).rounded(.down) * scale
  }
}
