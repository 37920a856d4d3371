import OctetCore

/// What to convert a graph to; the defaults are what most users want.
public struct ConversionOptions: Hashable, Sendable {
  /// The arithmetic of the converted model.
  public enum InferenceType: Hashable, Sendable {
    /// float32 throughout.
    case float32
    /// Asymmetric uint8, one scale for each tensor.
    case uint8
  }

  /// An array that users of the model feed.
  public struct Input: Hashable, Sendable {
    /// The TensorFlow name: `input`, or `split:1` for a further output of a node.
    public var name: String
    /// Its extents; nil takes them from the graph's placeholder.
    public var shape: [Int]?
    /// How its quantized values stand for real ones.
    public var statistics: Statistics?

    /// An array to feed.
    public init(name: String, shape: [Int]? = nil, statistics: Statistics? = nil) {
      self.name = name
      self.shape = shape
      self.statistics = statistics
    }
  }

  /// Arrays to feed; empty takes the placeholders that the outputs depend on.
  public var inputs: [Input] = []
  /// Mean and standard deviation of inputs that have none of their own.
  public var defaultStatistics: Statistics?
  /// Arrays to compute; empty takes the nodes that nothing reads.
  public var outputs: [String] = []
  /// Nil chooses uint8 where the graph has FakeQuant nodes or inputs have mean and std.
  public var inferenceType: InferenceType?
  /// The element type of the inputs; nil is the inference type.
  public var inputType: ElementType?
  /// The element type of the outputs; nil is the inference type.
  public var outputType: ElementType?
  /// The range of activations that training recorded none for; nil makes them an error.
  public var defaultRange: DefaultRange?
  /// Keeps unknown TensorFlow operations as custom operators.
  public var allowsCustomOperators = false
  /// Gives the inputs of a concatenation and its output one common range.
  public var changesConcatInputRanges = false
  /// Drops FakeQuant nodes that stand between operators which TFLite fuses.
  public var reordersAcrossFakeQuant = false
  /// Drops all FakeQuant nodes, for float inference.
  public var dropsFakeQuant = false
  /// Refuses graphs with control dependencies instead of dropping them.
  public var keepsControlDependencies = false

  /// How quantized values of an input stand for real ones: `real = (quantized − mean) / std`.
  public struct Statistics: Hashable, Sendable {
    /// The quantized value that stands for 0.
    public var mean: Double
    /// Quantized steps for each real unit.
    public var standardDeviation: Double

    /// Statistics of an input.
    public init(mean: Double, standardDeviation: Double) {
      self.mean = mean
      self.standardDeviation = standardDeviation
    }
  }

  /// A range of real values that the user assumes.
  public struct DefaultRange: Hashable, Sendable {
    /// The lower bound.
    public var minimum: Double
    /// The upper bound.
    public var maximum: Double

    /// A range; `minimum` is at most 0 and `maximum` at least 0 once it is used.
    public init(minimum: Double, maximum: Double) {
      self.minimum = minimum
      self.maximum = maximum
    }
  }

  /// Everything chosen automatically.
  public init() {}
}
