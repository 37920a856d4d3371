/// Where a model parts from another. Encoded, the keys are those that scripts expect of `--json`.
public struct ModelComparisonResult: Codable, Hashable, Sendable {
  /// The path of the tested model.
  public var model: String
  /// The path of the model or graph that counts as right.
  public var reference: String
  /// Invokes that the statistics cover.
  public var runCount: Int
  /// Below this signal-to-noise ratio in dB a layer counts as divergent.
  public var threshold: Double
  /// Above this error in quantization steps, too; nil where steps don't matter.
  public var maximumSteps: Double?
  /// Position in `layers` of the first divergent one; nil where none is.
  public var firstDivergent: Int?
  /// Every tensor that the tested model computes, in the order of execution.
  public var layers: [Layer]

  private enum CodingKeys: String, CodingKey {
    case model
    case reference
    case runCount = "num_runs"
    case threshold = "threshold_db"
    case maximumSteps = "max_steps"
    case firstDivergent = "first_divergent"
    case layers
  }

  /// One tensor of the tested model beside the one of the reference.
  public struct Layer: Codable, Hashable, Sendable {
    /// Position of the operator that computes it.
    public var operatorIndex: Int
    public var operatorName: String
    public var tensor: String
    public var type: String
    public var shape: [Int]
    /// The name in the reference; nil where nothing stands for the tensor there.
    public var referenceTensor: String?
    /// Nil where the values could not be compared.
    public var difference: Difference?
    /// Why they could not.
    public var note: String?
    public var isDivergent: Bool

    private enum CodingKeys: String, CodingKey {
      case operatorIndex = "operator_index"
      case operatorName = "operator"
      case tensor
      case type
      case shape
      case referenceTensor = "reference_tensor"
      case difference
      case note
      case isDivergent = "divergent"
    }
  }

  /// How far values are apart, see `ErrorStatistics`.
  public struct Difference: Codable, Hashable, Sendable {
    /// In dB.
    public var signalToNoiseRatio: Double
    public var cosineSimilarity: Double?
    public var largestError: Double
    public var largestErrorInSteps: Double?
    /// Values by their error in steps, from at most −5 to at least 5.
    public var stepHistogram: [Int]?

    private enum CodingKeys: String, CodingKey {
      case signalToNoiseRatio = "sqnr_db"
      case cosineSimilarity = "cosine"
      case largestError = "max_error"
      case largestErrorInSteps = "max_error_steps"
      case stepHistogram = "step_histogram"
    }

    /// Nil without values.
    init?(_ statistics: ErrorStatistics) {
      guard let ratio = statistics.signalToNoiseRatio else { return nil }
      signalToNoiseRatio = ratio
      cosineSimilarity = statistics.cosineSimilarity
      largestError = statistics.largestError
      largestErrorInSteps = statistics.largestErrorInSteps
      stepHistogram = statistics.stepHistogram
    }
  }
}

extension ModelComparisonResult {
  /// How many layers have a counterpart whose values were compared.
  public var comparedCount: Int { layers.count { $0.difference != nil } }

  /// The first divergent layer.
  public var firstDivergentLayer: Layer? {
    firstDivergent.flatMap { layers.indices.contains($0) ? layers[$0] : nil }
  }
}
