#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How far tested values are from reference values, collected over any number of tensors.
///
/// Positions where both values are NaN, or both the same infinity, agree. Where only one is finite,
/// the error there is infinite.
package struct ErrorStatistics: Hashable, Sendable {
  /// Pairs of values seen.
  package private(set) var count = 0
  /// Largest magnitude of `tested − reference`.
  package private(set) var largestError = 0.0
  /// Pairs by their error in quantization steps, rounded: from at most −5 to at least 5.
  package private(set) var errorStepCounts = [Int](repeating: 0, count: 11)

  private var referenceEnergy = 0.0
  private var testedEnergy = 0.0
  private var errorEnergy = 0.0
  private var product = 0.0
  private let step: Double?

  /// Empty statistics.
  ///
  /// - Parameter step: the real value of one quantization step; nil where values aren't quantized.
  package init(step: Double? = nil) {
    self.step = step.flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
  }

  /// Adds pairs of values; a remainder of the longer list is left out.
  package mutating func add(tested: [Double], reference: [Double]) {
    for (tested, reference) in zip(tested, reference) { add(tested, reference) }
  }

  private mutating func add(_ tested: Double, _ reference: Double) {
    count += 1
    guard tested.isFinite && reference.isFinite else {
      let agree = tested == reference || (tested.isNaN && reference.isNaN)
      if !agree {
        largestError = .infinity
        errorEnergy = .infinity
      }
      errorStepCounts[agree ? 5 : (tested < reference ? 0 : 10)] += 1
      return
    }
    let error = tested - reference
    largestError = max(largestError, abs(error))
    errorEnergy += error * error
    referenceEnergy += reference * reference
    testedEnergy += tested * tested
    product += tested * reference
    if let step {
      errorStepCounts[5 + Int(min(max((error / step).rounded(), -5), 5))] += 1
    }
  }
}

extension ErrorStatistics {
  /// The signal-to-quantization-noise ratio in dB: `10 · log10(Σ reference² / Σ error²)`.
  ///
  /// Infinite where there is no error; nil without values.
  package var signalToNoiseRatio: Double? {
    guard count > 0 else { return nil }
    if errorEnergy == 0 { return .infinity }
    let ratio = referenceEnergy / errorEnergy
    // Both sums can be infinite.
    return ratio.isNaN ? -.infinity : 10 * log10(ratio)
  }

  /// The cosine of the angle between the finite values as vectors; nil where one is all zero and
  /// the other isn't, and without values.
  package var cosineSimilarity: Double? {
    guard count > 0 else { return nil }
    if referenceEnergy == 0 && testedEnergy == 0 { return 1 }
    guard referenceEnergy > 0, testedEnergy > 0 else { return nil }
    // Rounding can leave the range of a cosine.
    return min(max(product / (referenceEnergy.squareRoot() * testedEnergy.squareRoot()), -1), 1)
  }

  /// `largestError` in quantization steps; nil where values aren't quantized.
  package var largestErrorInSteps: Double? { step.map { largestError / $0 } }

  /// `errorStepCounts`; nil where values aren't quantized.
  package var stepHistogram: [Int]? { step == nil ? nil : errorStepCounts }
}
