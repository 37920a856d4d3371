import OctetConverter
import OctetCore
import Testing

@Suite struct AffineParametersTests {
  /// Recorded from models that TOCO wrote.
  struct Sample: Sendable {
    var minimum: Double
    var maximum: Double
    var isNarrow = false
    var scale: Float
    var zeroPoint: Int64
  }

  static let samples = [
    Sample(minimum: -1.00787401, maximum: 1, scale: 0.00787401572, zeroPoint: 128),
    Sample(minimum: 0, maximum: 1.5, scale: 0.00588235306, zeroPoint: 0),
    Sample(minimum: 0, maximum: 0.5, scale: 0.00196078443, zeroPoint: 0),
    Sample(minimum: 0, maximum: 6, scale: 0.0235294122, zeroPoint: 0),
    Sample(minimum: -6, maximum: 6, scale: 0.0470588244, zeroPoint: 128),
    Sample(minimum: -1.7, maximum: 1.9, scale: 0.014117647, zeroPoint: 120),
    Sample(minimum: -4.4285841, maximum: 3.81440091, scale: 0.0323254317, zeroPoint: 137),
    Sample(minimum: -0.720395029, maximum: 0.908564746, scale: 0.00638807751, zeroPoint: 113),
    Sample(
      minimum: -0.955563843, maximum: 0.748872697, isNarrow: true, scale: 0.00671037985,
      zeroPoint: 143),
    Sample(
      minimum: -0.521516383, maximum: 0.844675064, isNarrow: true, scale: 0.00537870638,
      zeroPoint: 98),
  ]

  @Test(arguments: samples)
  func choosesWhatTOCOChose(sample: Sample) throws {
    let parameters = try AffineParameters(
      minimum: sample.minimum, maximum: sample.maximum, type: .uint8, isNarrow: sample.isNarrow)
    #expect(
      parameters.quantization == Quantization(scale: sample.scale, zeroPoint: sample.zeroPoint))
  }

  @Test func symmetricSignedRangeHasZeroPointZero() throws {
    let parameters = try AffineParameters(
      minimum: -2.54, maximum: 2.54, type: .int8, isNarrow: true)
    #expect(parameters.quantization == Quantization(scale: 0.02, zeroPoint: 0))
  }

  @Test(arguments: [
    (0.0, 0.0), (1, 2), (-2, -1), (.nan, 1), (-1, .nan), (-.infinity, 1), (-1, .infinity),
    (-1e300, 1e300), (0, 1e-44), (2, 1),
  ])
  func refusesRangesWithoutScale(minimum: Double, maximum: Double) {
    #expect(throws: OctetError.self) {
      try AffineParameters(minimum: minimum, maximum: maximum, type: .uint8, isNarrow: false)
    }
  }
}
