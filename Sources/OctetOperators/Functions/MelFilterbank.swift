#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Triangles, evenly spaced in mel, that spectra are weighted with.
///
/// A triangle rises from the center of the one before to its own, and falls to that of the next, so
/// that each bin of a spectrum counts for at most two of them. The bin of frequency 0 isn't used.
///
/// **Source**: TFLite `internal::MfccMelFilterbank`.
struct MelFilterbank {
  let channelCount: Int
  private let binCount: Int
  private let hertzPerBin: Double
  private let lowest: Double
  private let spacing: Double
  private let usedBins: Range<Int>

  /// A filter bank for spectra of `binCount` magnitudes, or nil where the upper limit lies beyond
  /// the spectrum or the sample rate isn't positive.
  ///
  /// - Precondition: `binCount` is 2 or more, limits in hertz are ascending and not negative.
  init?(channelCount: Int, binCount: Int, sampleRate: Double, limits: ClosedRange<Double>) {
    guard sampleRate > 0 else { return nil }
    self.channelCount = channelCount
    self.binCount = binCount
    hertzPerBin = 0.5 * sampleRate / Double(binCount - 1)
    lowest = Self.mel(limits.lowerBound)
    spacing = (Self.mel(limits.upperBound) - lowest) / Double(channelCount + 1)
    let (first, last) = (1.5 + limits.lowerBound / hertzPerBin, limits.upperBound / hertzPerBin)
    guard last < Double(binCount) else { return nil }
    usedBins = Int(first)..<max(Int(last) + 1, Int(first))
  }

  /// Adds the square roots of a spectrum to the channels, each weighted with its triangle.
  func add(
    squaredMagnitudes: UnsafePointer<Float>, to channels: UnsafeMutableBufferPointer<Double>
  ) {
    var next = 0
    for bin in usedBins {
      let position = Self.mel(Double(bin) * hertzPerBin)
      while next < channelCount, center(next) < position { next += 1 }
      let below = next == 0 ? lowest : center(next - 1)
      let share = (center(next) - position) / (center(next) - below)
      let magnitude = Double(squaredMagnitudes[bin]).squareRoot()
      let falling = magnitude * share
      if next > 0 { channels[next - 1] += falling }
      if next < channelCount { channels[next] += magnitude - falling }
    }
  }

  /// The position of a triangle's highest point; that behind the last one is the upper limit.
  private func center(_ channel: Int) -> Double { lowest + spacing * Double(channel + 1) }

  private static func mel(_ hertz: Double) -> Double { 1127 * log1p(hertz / 700) }
}
