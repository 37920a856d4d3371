/// The order statistics of many latencies.
package struct LatencySummary: Hashable, Sendable {
  package let minimum: Duration
  /// Half are at most this; between the two in the middle where the number is even.
  package let median: Duration
  /// The smallest that nine in ten don't exceed.
  package let percentile90: Duration

  /// Statistics of latencies in any order; zeros where there are none.
  package init(_ latencies: [Duration]) {
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

  /// The duration as a number.
  package var milliseconds: Double { microseconds / 1e3 }
}
