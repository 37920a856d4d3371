/// The interval of real values that a tensor takes, and how it became known.
public struct RecordedRange: Hashable, Sendable {
  /// One lower bound, or one for each channel.
  public var minimums: [Double]
  /// One upper bound, or one for each channel.
  public var maximums: [Double]
  /// The dimension that per-channel bounds run along; nil where there is one interval.
  public var axis: Int?
  /// Whether the lowest quantized value is left out: 254 steps instead of 255.
  public var isNarrow: Bool
  /// How it became known.
  public var origin: Origin

  /// Where a range comes from.
  public enum Origin: Hashable, Sendable {
    /// A FakeQuant node of the graph.
    case fakeQuant(node: String)
    /// Mean and standard deviation given for an input.
    case inputStatistics
    /// It follows from the operator that computes the tensor.
    case operation
    /// The data of a constant.
    case data
    /// The default that the user gave.
    case userDefault
  }

  /// One interval for the whole tensor.
  public init(
    minimum: Double, maximum: Double, isNarrow: Bool = false, origin: Origin
  ) {
    self.init(
      minimums: [minimum], maximums: [maximum], axis: nil, isNarrow: isNarrow, origin: origin)
  }

  /// One interval for each channel along `axis`.
  public init(
    minimums: [Double], maximums: [Double], axis: Int?, isNarrow: Bool, origin: Origin
  ) {
    self.minimums = minimums
    self.maximums = maximums
    self.axis = axis
    self.isNarrow = isNarrow
    self.origin = origin
  }

  /// The lower bound; of all channels the lowest.
  public var minimum: Double { minimums.min() ?? 0 }

  /// The upper bound; of all channels the highest.
  public var maximum: Double { maximums.max() ?? 0 }
}
