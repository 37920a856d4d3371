/// How the converter finds the quantization of an operator's outputs.
///
/// Source: the choices of TOCO's `HardcodeMinMax` and `Quantize`.
public enum QuantizationRule: Hashable, Sendable {
  /// Outputs keep the range that training recorded for them.
  case ownRange
  /// Outputs are quantized exactly as input `index`; a recorded range of their own is ignored.
  case sameAsInput(Int)
  /// Outputs have the same real range as input `index` unless training recorded another, which
  /// then needs a rescaling behind the operator because the kernel copies bytes.
  case copiesInput(Int)
  /// Outputs keep the range that training recorded for them, else take that of input `index`; the
  /// kernel rescales.
  case ownRangeOrInput(Int)
  /// The kernel copies bytes from all real-valued inputs to the outputs: they share one range, the
  /// union where training recorded none.
  case sharedByAll
  /// The output keeps the range that training recorded, else takes the union of its inputs'; the
  /// uint8 kernel rescales each input, others copy bytes.
  case unionOfInputs
  /// The output's scale and zero point follow from the function (uint8 form).
  case fixed(scale: Double, zeroPoint: Int)
  /// The outputs are no real numbers: indices, Booleans, shapes.
  case notReal
  /// There is no integer kernel; the converter must keep it in float.
  case floatOnly
  /// The kernel reads quantized inputs and computes float32 outputs.
  case floatOutputs
}

/// Which inputs of an operator are multiplied and summed up, so that weights and bias have
/// quantization rules of their own.
public struct WeightedSum: Hashable, Sendable {
  /// The activations.
  public var input: Int
  /// The weights; int8 ones are symmetric, with a scale for each channel where wanted.
  public var weights: Int
  /// The int32 bias, with the product of the scales of input and weights.
  public var bias: Int
  /// The dimension of the weights that output channels run along.
  public var channelAxis: Int

  /// Roles of inputs by index.
  public init(input: Int = 0, weights: Int = 1, bias: Int = 2, channelAxis: Int = 0) {
    self.input = input
    self.weights = weights
    self.bias = bias
    self.channelAxis = channelAxis
  }
}

/// An interval of real values.
public struct RealInterval: Hashable, Sendable {
  /// The lower end.
  public var minimum: Double
  /// The upper end.
  public var maximum: Double

  /// From `minimum` to `maximum`.
  public init(_ minimum: Double, _ maximum: Double) {
    self.minimum = minimum
    self.maximum = maximum
  }
}

extension RealInterval {
  /// The image of the interval under a continuous function that turns only at `turningPoints`.
  func image(
    turningPoints: [Double] = [], under function: (Double) -> Double
  ) -> RealInterval {
    var image = RealInterval(function(minimum), function(minimum))
    for point in turningPoints.filter({ minimum < $0 && $0 < maximum }) + [maximum] {
      let value = function(point)
      image = RealInterval(min(image.minimum, value), max(image.maximum, value))
    }
    return image
  }
}
