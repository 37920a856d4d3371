import OctetCore

/// For each channel of a constant the real value that the signed byte 127 should have, so that bytes
/// represent the channel's values with the least squared error.
///
/// The largest magnitude need not be best: a slightly larger scale may come closer to most values.
struct SymmetricReachSearch {
  /// One value for each channel; 1 where all values are 0.
  let reaches: [Double]

  /// Tries 32 reaches for each channel, up to a quarter above the largest magnitude.
  ///
  /// - Parameters:
  ///   - data: float32 values.
  ///   - channels: channels take turns, each for `run` values.
  /// - Complexity: O(32 · values)
  init(_ data: Bytes, channels: Int, run: Int) {
    reaches = data.withUnsafeBytes { raw in
      let values = raw.assumingMemoryBound(to: Float.self)
      var magnitudes = [Float](repeating: 0, count: channels)
      for i in values.indices {
        let channel = i / run % channels
        magnitudes[channel] = max(magnitudes[channel], abs(values[i]))
      }
      var best = magnitudes.map(Double.init)
      var leastErrors = [Double](repeating: .infinity, count: channels)
      for candidate in 0..<32 {
        let reaches = magnitudes.map { Double($0) * (1 + Double(candidate) / 128) }
        let scales = reaches.map { $0 / 127 }
        var errors = [Double](repeating: 0, count: channels)
        for i in values.indices {
          let channel = i / run % channels
          guard scales[channel] > 0 else { continue }
          let value = Double(values[i])
          let error = (value / scales[channel]).rounded() * scales[channel] - value
          errors[channel] += error * error
        }
        for channel in 0..<channels where errors[channel] < leastErrors[channel] {
          leastErrors[channel] = errors[channel]
          best[channel] = reaches[channel]
        }
      }
      return best.map { $0 > 0 ? $0 : 1 }
    }
  }
}
