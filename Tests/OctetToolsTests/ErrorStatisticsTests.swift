import OctetTools
import Testing

@Suite struct ErrorStatisticsTests {
  private func statistics(
    _ tested: [Double], _ reference: [Double], step: Double? = nil
  ) -> ErrorStatistics {
    var statistics = ErrorStatistics(step: step)
    statistics.add(tested: tested, reference: reference)
    return statistics
  }

  @Test("figures by hand: signal 3² + 4², error 0.5²")
  func byHand() throws {
    let result = statistics([3, 4.5], [3, 4], step: 0.25)
    // 10 · log10(25 / 0.25) = 20.
    #expect(try abs(#require(result.signalToNoiseRatio) - 20) < 1e-12)
    // (9 + 18) / (5 · sqrt(29.25))
    #expect(try abs(#require(result.cosineSimilarity) - 0.998_460_353_205_4) < 1e-9)
    #expect(result.largestError == 0.5)
    #expect(result.largestErrorInSteps == 2)
    #expect(result.stepHistogram == [0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0])
  }

  @Test("pairs of several tensors add up")
  func accumulation() {
    var parts = ErrorStatistics()
    parts.add(tested: [1], reference: [2])
    parts.add(tested: [-3], reference: [-3])
    let whole = statistics([1, -3], [2, -3])
    #expect(parts == whole)
    #expect(whole.count == 2)
    #expect(whole.largestErrorInSteps == nil)
    #expect(whole.stepHistogram == nil)
  }

  @Test("equal values, zeros, and none")
  func limits() {
    let equal = statistics([1, 2], [1, 2])
    #expect(equal.signalToNoiseRatio == .infinity)
    #expect(statistics([0, 0], [0, 0]).cosineSimilarity == 1)
    #expect(statistics([1], [0]).cosineSimilarity == nil)
    #expect(statistics([1], [0]).signalToNoiseRatio == -.infinity)
    #expect(statistics([1, 0], [0, 1]).cosineSimilarity == 0)
    #expect(statistics([-1], [1]).cosineSimilarity == -1)
    #expect(ErrorStatistics().signalToNoiseRatio == nil)
    #expect(ErrorStatistics().cosineSimilarity == nil)
  }

  @Test("values that aren't finite agree with themselves only")
  func notFinite() {
    let same = statistics([.nan, .infinity, 1], [.nan, .infinity, 1], step: 1)
    #expect(same.signalToNoiseRatio == .infinity)
    #expect(same.largestError == 0)
    let other = statistics([.nan, 1], [1, 1])
    #expect(other.signalToNoiseRatio == -.infinity)
    #expect(other.largestError == .infinity)
    #expect(statistics([1e200], [3e200]).signalToNoiseRatio == -.infinity)
  }

  @Test("errors beyond five steps are counted at the ends")
  func histogram() {
    let result = statistics([-100, 100, 0.4, 0.6], [0, 0, 0, 0], step: 1)
    #expect(result.stepHistogram == [1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1])
  }
}
