/// The order statistics of many latencies.
public struct LatencySummary: Hashable, Sendable {
  public let minimum: Duration
  /// Half are at most this; between the two in the middle where the number is even.
  public let median: Duration
  /// The smallest that nine in ten don't exceed.
  public let percentile90: Duration

  /// Statistics of latencies in any order; zeros where there are none.
  public init(_ latencies: [Duration]) {
    let sorted = latencies.sorted()
    guard let first = sorted.first else {
      (minimum, median, percentile90) = (.zero, .zero, .zero)
      return
    }
    let count = sorted.count
    minimum = first
    median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    // The rank is `count · 9 / 10`, rounded up.
    percentile90 = sorted[count - 1 - count / 10]
  }
}

extension Duration {
  /// The duration as a number.
  var microseconds: Double {
    Double(components.seconds) * 1e6 + Double(components.attoseconds) * 1e-12
  }
}
