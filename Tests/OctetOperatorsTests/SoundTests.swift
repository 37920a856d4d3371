import OctetCore
import OctetFormat
import OctetOperators
import Testing

/// Spectrograms and cepstral coefficients; expected values are those of TensorFlow 2.15.1.
@Suite struct SoundTests {
  private func values<Definition: OperatorDefinition>(
    _ definition: Definition.Type, _ options: Definition.Options, _ inputs: [TensorSpec]
  ) throws -> [Float] {
    try outputs(of: definition, options, inputs)[0].bytes.values(as: Float.self)
  }

  private let sound: [Float] = [
    0.0, 0.15, -0.14, -0.45, -0.23, -0.5, 0.03, 0.67, -0.25, -0.31, 0.24, 0.18, 0.05,
  ]

  @Test func spectraOfOverlappingWindows() throws {
    let input = try tensor(.float32, [13, 1], sound)
    var options = AudioSpectrogram.Options(windowSize: 6, stride: 3, squaresMagnitudes: true)
    let squares = try values(AudioSpectrogram.self, options, [input])
    let expected: [Float] = [
      0.664225, 0.4618, 0.135962, 0.077575, 0.0676, 0.001406, 0.393261, 0.792506, 0.394852,
      0.047306, 0.011025, 0.118284, 0.408063, 0.239041, 0.0081,
    ]
    #expect(squares.count == expected.count)
    #expect(zip(squares, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    options.squaresMagnitudes = false
    let magnitudes = try values(AudioSpectrogram.self, options, [input])
    #expect(magnitudes == squares.map { $0.squareRoot() })
  }

  @Test func channelsAreOneAfterTheOther() throws {
    let options = AudioSpectrogram.Options(windowSize: 6, stride: 3, squaresMagnitudes: true)
    let one = try values(
      AudioSpectrogram.self, options, [try tensor(.float32, [13, 1], sound)])
    let pairs: [Float] = sound.flatMap { sample -> [Float] in [sample, 0] }
    let two = try values(
      AudioSpectrogram.self, options, [try tensor(.float32, [13, 2], pairs)])
    #expect(two == one + [Float](repeating: 0, count: one.count))
  }

  @Test func soundShorterThanAWindowHasNoSpectra() throws {
    let options = AudioSpectrogram.Options(windowSize: 14, stride: 3, squaresMagnitudes: true)
    let input = try tensor(.float32, [13, 1], sound)
    #expect(try values(AudioSpectrogram.self, options, [input]).isEmpty)
  }

  @Test(arguments: [(1, 1), (1 << 18 + 1, 1), (Int.max, 1), (4, 0), (4, -1), (4, Int.max)])
  func impossibleWindowsAreRefused(windowSize: Int, stride: Int) throws {
    let input = try tensor(.float32, [13, 1], sound)
    let options = AudioSpectrogram.Options(
      windowSize: windowSize, stride: stride, squaresMagnitudes: true)
    #expect(throws: OctetError.self) {
      try values(AudioSpectrogram.self, options, [input])
    }
  }

  private let spectra: [Float] = [
    0.93, 0.03, 0.7, 1.34, 0.46, 1.9, 1.29, 1.84, 0.24, 1.27, 0.27, 0.16, 0.19, 2.52, 0.54, 0.05,
    0.11, 1.53,
  ]
  private let options = Mfcc.Options(
    upperFrequencyLimit: 3999, lowerFrequencyLimit: 100, bandCount: 5, coefficientCount: 3)

  /// At 4000 samples a second, the spectrum ends below the upper limit.
  @Test(
    arguments: [
      (16000, [-20.747942, -17.481176, -12.074991, -20.426184, -16.226692, -13.326656]),
      (8000, [-1.018779, -2.342789, -0.665471, -1.429513, -1.270044, -0.013459]),
      (4000, [0, 0, 0, 0, 0, 0]), (0, [0, 0, 0, 0, 0, 0]), (.min, [0, 0, 0, 0, 0, 0]),
    ] as [(Int32, [Float])])
  func coefficients(rate: Int32, expected: [Float]) throws {
    let inputs = [
      try tensor(.float32, [1, 2, 9], spectra), try tensor(.int32, [1], [rate]),
    ]
    let found = try values(Mfcc.self, options, inputs)
    #expect(found.count == expected.count)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-5 * max(1, abs($1)) })
  }

  @Test func noSpectraHaveNoCoefficients() throws {
    let inputs = [
      try tensor(.float32, [1, 0, 9], [Float]()), try tensor(.int32, [1], [Int32(16000)]),
    ]
    #expect(try values(Mfcc.self, options, inputs).isEmpty)
  }

  @Test func impossibleBandsAreRefused() throws {
    let inputs = [
      try tensor(.float32, [1, 2, 9], spectra), try tensor(.int32, [1], [Int32(16000)]),
    ]
    var changed = [Mfcc.Options](repeating: options, count: 7)
    changed[0].upperFrequencyLimit = 100
    changed[1].lowerFrequencyLimit = -1
    changed[2].bandCount = 0
    changed[3].bandCount = .max
    changed[4].coefficientCount = 6
    changed[5].coefficientCount = 0
    changed[6].bandCount = 1 << 16
    changed[6].coefficientCount = 17
    for options in changed {
      #expect(throws: OctetError.self) { try values(Mfcc.self, options, inputs) }
    }
    let single = [try tensor(.float32, [1, 2, 1], [Float(1), 1]), inputs[1]]
    #expect(throws: OctetError.self) { try values(Mfcc.self, options, single) }
  }

  @Test func optionsAreWrittenAsTheyAreRead() throws {
    #expect(try Mfcc.decode(Mfcc.encode(options)) == options)
    let cut = AudioSpectrogram.Options(windowSize: 480, stride: 320, squaresMagnitudes: true)
    #expect(try AudioSpectrogram.decode(AudioSpectrogram.encode(cut)) == cut)
  }
}
