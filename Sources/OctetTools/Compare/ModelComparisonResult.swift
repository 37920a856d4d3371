/// Where a model parts from another. Encoded, the keys are those that scripts expect of `--json`.
package struct ModelComparisonResult: Codable, Hashable, Sendable {
  /// The path of the tested model.
  package var model: String
  /// The path of the model or graph that counts as right.
  package var reference: String
  /// Invokes that the statistics cover.
  package var runCount: Int
  /// Below this signal-to-noise ratio in dB a layer counts as divergent.
  package var threshold: Double
  /// Above this error in quantization steps, too; nil where steps don't matter.
  package var maximumSteps: Double?
  /// Position in `layers` of the first divergent one; nil where none is.
  package var firstDivergent: Int?
  /// Every tensor that the tested model computes, in the order of execution.
  package var layers: [Layer]

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
  package struct Layer: Codable, Hashable, Sendable {
    /// Position of the operator that computes it.
    package var operatorIndex: Int
    package var operatorName: String
    package var tensor: String
    package var type: String
    package var shape: [Int]
    /// The name in the reference; nil where nothing stands for the tensor there.
    package var referenceTensor: String?
    /// Nil where the values could not be compared.
    package var difference: Difference?
    /// Why they could not.
    package var note: String?
    package var isDivergent: Bool

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
  package struct Difference: Codable, Hashable, Sendable {
    /// In dB.
    package var signalToNoiseRatio: Double
    package var cosineSimilarity: Double?
    package var largestError: Double
    package var largestErrorInSteps: Double?
    /// Values by their error in steps, from at most −5 to at least 5.
    package var stepHistogram: [Int]?

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
  package var comparedCount: Int { layers.count { $0.difference != nil } }

  /// The first divergent layer.
  package var firstDivergentLayer: Layer? {
    firstDivergent.flatMap { layers.indices.contains($0) ? layers[$0] : nil }
  }
}
